package app.passid.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.passid.wallet.Advice
import app.passid.wallet.core.CredentialRecord

/** One screen for each state of the wallet. */
@Composable
fun WalletScreen(screen: Screen, model: WalletModel, openBrowser: (String) -> Unit) {
    Column(
        modifier = Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(24.dp),
        verticalArrangement = Arrangement.spacedBy(16.dp),
    ) {
        when (screen) {
            Screen.Opening -> CircularProgressIndicator()
            is Screen.Home -> HomeScreen(screen, model, openBrowser)
            is Screen.Request -> ConsentScreen(screen.state, model)
            is Screen.Trouble -> TroubleScreen(screen.code, screen.advice, retry = { model.home() })
        }
    }
}

@Composable
private fun HomeScreen(home: Screen.Home, model: WalletModel, openBrowser: (String) -> Unit) {
    var code by rememberSaveable { mutableStateOf("") }
    var name by rememberSaveable { mutableStateOf("") }
    Text("Your wallet", style = MaterialTheme.typography.headlineMedium)
    home.notice?.let { Text(it) }
    if (home.credentials.isEmpty()) {
        Text("There is no credential yet. Link a bank to get one.")
        OutlinedTextField(value = name, onValueChange = { name = it }, label = { Text("Your name, as your bank has it") })
        Button(enabled = name.isNotBlank(), onClick = { model.linkBank(name, openBrowser) }) { Text("Link a bank") }
        Button(onClick = { model.receive("GB") }) { Text("The bank is done") }
    } else {
        home.credentials.forEach { CredentialLine(it) }
    }
    OutlinedTextField(value = code, onValueChange = { code = it }, label = { Text("Code of a request") })
    Button(enabled = code.isNotBlank(), onClick = { model.typed(code) }) { Text("Look") }
}

@Composable
private fun CredentialLine(credential: CredentialRecord) {
    val lists = if (credential.sanctionsLists.isEmpty()) "no sanctions list" else credential.sanctionsLists.joinToString()
    Text("Credential: ${credential.state}; screened against $lists")
}

/** What to do, in a sentence, for every piece of advice. */
@Composable
fun TroubleScreen(code: String, advice: Advice, retry: () -> Unit) {
    val sentence = when (advice) {
        Advice.RETRY -> "That did not work. You can try again."
        Advice.NOTHING -> "Nothing was shared."
        Advice.UNLOCK -> "Unlock your phone, then try again."
        Advice.RESTORE -> "This phone can no longer open the wallet. Restore a backup."
        Advice.SET_UP -> "The wallet needs a (fresh) credential: link your bank."
        Advice.NEW_REQUEST -> "This request cannot be answered. Ask for a new one."
        Advice.REPORT -> "Something is wrong with the app. Update it, or report the code below."
    }
    Text(sentence, style = MaterialTheme.typography.titleMedium)
    Text(code, style = MaterialTheme.typography.bodySmall)
    Button(onClick = retry) { Text("Go on") }
}
