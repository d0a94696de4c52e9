package app.passid.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Button
import androidx.compose.material3.Checkbox
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableLongStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import app.passid.wallet.Advice
import app.passid.wallet.ConsentState
import app.passid.wallet.core.AttemptStage
import app.passid.wallet.core.ReviewRecord
import app.passid.wallet.core.TextRecord
import app.passid.wallet.core.formatCountdown
import app.passid.wallet.core.languageOfLocale
import app.passid.wallet.core.say
import kotlinx.coroutines.delay
import java.util.Locale

private val language get() = languageOfLocale(Locale.getDefault().toLanguageTag())

private fun said(text: TextRecord) = say(text, language)

/** Every state a request can be in; the compiler sees that none is missing. */
@Composable
fun ConsentScreen(state: ConsentState, model: WalletModel) {
    when (state) {
        ConsentState.Loading -> LinearProgressIndicator()
        is ConsentState.Asking -> Asking(state, model)
        is ConsentState.Blocked -> {
            Request(state.review)
            state.review.obstacle?.let { Text(said(it), color = MaterialTheme.colorScheme.error) }
            OutlinedButton(onClick = { model.decline(state.review.session) }) { Text("Decline") }
        }
        is ConsentState.Working -> {
            Text(stage(state.stage), style = MaterialTheme.typography.titleMedium)
            LinearProgressIndicator()
            if (state.canCancel) OutlinedButton(onClick = model::cancel) { Text("Cancel") }
        }
        is ConsentState.Shared -> Ended("Shared with ${state.review.verifierName}.", model)
        ConsentState.Declined -> Ended("Declined. Nothing was shared.", model)
        ConsentState.Expired -> Ended("This request is over. Nothing was shared.", model)
        ConsentState.Changed -> {
            Text("The request is not what you were shown. Look at it again.", style = MaterialTheme.typography.titleMedium)
            Button(onClick = model::lookAgain) { Text("Look again") }
        }
        ConsentState.Unknown -> Ended("The connection broke while sending. The wallet finds out whether it arrived; it never sends twice.", model)
        is ConsentState.Failed -> TroubleScreen(state.code, state.advice, retry = { if (state.advice == Advice.RETRY) model.lookAgain() else model.home() })
    }
}

@Composable
private fun Asking(state: ConsentState.Asking, model: WalletModel) {
    // A warning has to be ticked off first, for this very request.
    var ticked by remember(state.review.requestHash) { mutableStateOf(!state.needsTick) }
    var left by remember(state.review.requestHash) { mutableLongStateOf(state.review.secondsLeft) }
    LaunchedEffect(state.review.requestHash) {
        while (left > 0) {
            delay(1_000)
            left -= 1
        }
    }
    Request(state.review)
    state.review.warnings.forEach { Text(said(it), color = MaterialTheme.colorScheme.error) }
    if (state.needsTick) {
        Row(
            modifier = Modifier.toggleable(value = ticked, role = Role.Checkbox, onValueChange = { ticked = it }),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Checkbox(checked = ticked, onCheckedChange = null)
            Text("I have read this")
        }
    }
    Text(formatCountdown(left, language))
    Row(horizontalArrangement = Arrangement.spacedBy(16.dp)) {
        OutlinedButton(onClick = { model.decline(state.review.session) }) { Text("Decline") }
        Button(enabled = ticked && left > 0, onClick = { model.approve(state) }) { Text("Agree") }
    }
}

@Composable
private fun Request(review: ReviewRecord) {
    Text(review.verifierName, style = MaterialTheme.typography.headlineMedium)
    review.verifierDisplayName?.let { Text("calls itself $it") }
    Text("would learn", style = MaterialTheme.typography.titleMedium)
    review.claims.forEach { Text("• ${said(it.text)}") }
    if (review.predicates.isNotEmpty()) {
        HorizontalDivider()
        Text("would see proved, without the number", style = MaterialTheme.typography.titleMedium)
        review.predicates.forEach { Text("• ${said(it.text)}") }
    }
}

@Composable
private fun Ended(sentence: String, model: WalletModel) {
    Text(sentence, style = MaterialTheme.typography.titleMedium)
    Button(onClick = { model.home() }) { Text("Done") }
}

private fun stage(stage: AttemptStage) = when (stage) {
    AttemptStage.PREPARING -> "Preparing"
    AttemptStage.CHECKING -> "Checking your credential"
    AttemptStage.PROVING -> "Making the proof on this phone"
    AttemptStage.VERIFYING -> "Checking the proof"
    AttemptStage.SENDING -> "Sending"
}
