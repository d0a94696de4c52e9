package app.passid.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Surface
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
fun WalletScreen(screen: Screen, actions: WalletActions) {
    // The surface brings the theme's colours; the padding keeps clear of the system's bars, the keyboard and the camera.
    Surface(Modifier.fillMaxSize()) {
        Column(
            modifier = Modifier.safeDrawingPadding().verticalScroll(rememberScrollState()).padding(24.dp),
            verticalArrangement = Arrangement.spacedBy(16.dp),
        ) {
            when (screen) {
                Screen.Opening -> {
                    Head("Opening the wallet")
                    Waiting("Opening the wallet")
                }
                is Screen.Home -> HomeScreen(screen, actions)
                is Screen.Request -> ConsentScreen(screen.state, actions)
                is Screen.History -> HistoryScreen(screen.entries, actions)
                is Screen.Trouble -> TroubleScreen(screen.code, screen.advice, retry = actions::home)
            }
        }
    }
}

@Composable
private fun HomeScreen(home: Screen.Home, actions: WalletActions) {
    var code by rememberSaveable { mutableStateOf("") }
    var name by rememberSaveable { mutableStateOf("") }
    Title("Your wallet")
    home.notice?.let { News(it) }
    if (home.credentials.isEmpty()) {
        Text("There is no credential yet. Link a bank to get one.")
        Field(name, "Your name, as your bank has it") { name = it }
        MainButton("Link a bank", enabled = name.isNotBlank()) { actions.linkBank(name) }
        OtherButton("The bank is done") { actions.receive("GB") }
    } else {
        home.credentials.forEach { CredentialLine(it) }
    }
    Field(code, "Code of a request") { code = it }
    MainButton("Look", enabled = code.isNotBlank()) { actions.typed(code) }
    OtherButton("History", onClick = actions::history)
}

@Composable
private fun Field(value: String, label: String, onValueChange: (String) -> Unit) =
    OutlinedTextField(value, onValueChange, Modifier.fillMaxWidth(), label = { Text(label) }, singleLine = true)

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
    News(sentence)
    Text(code, style = MaterialTheme.typography.bodySmall)
    MainButton("Go on", onClick = retry)
}
