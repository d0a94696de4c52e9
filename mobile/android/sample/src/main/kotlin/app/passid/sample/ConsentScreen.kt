package app.passid.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Checkbox
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.LinearProgressIndicator
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
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.passid.wallet.Advice
import app.passid.wallet.ConsentState
import app.passid.wallet.core.AttemptStage
import app.passid.wallet.core.ReviewRecord
import app.passid.wallet.core.formatCountdown
import kotlinx.coroutines.delay

/** Every state a request can be in; the compiler sees that none is missing. */
@Composable
fun ConsentScreen(state: ConsentState, actions: WalletActions) {
    when (state) {
        ConsentState.Loading -> {
            Head("Looking at the request")
            Waiting("Looking at the request")
        }
        is ConsentState.Asking -> Asking(state, actions)
        is ConsentState.Blocked -> {
            Request(state.review)
            state.review.obstacle?.let { Warning(said(it)) }
            OtherButton("Decline") { actions.decline(state.review.session) }
        }
        is ConsentState.Working -> Working(state, actions)
        is ConsentState.Shared -> Ended("Shared with ${state.review.verifierName}.", actions)
        ConsentState.Declined -> Ended("Declined. Nothing was shared.", actions)
        ConsentState.Expired -> Ended("This request is over. Nothing was shared.", actions)
        ConsentState.Changed -> {
            News("The request is not what you were shown. Look at it again.")
            MainButton("Look again", onClick = actions::lookAgain)
        }
        ConsentState.Unknown -> Ended("The connection broke while sending. The wallet finds out whether it arrived; it never sends twice.", actions)
        is ConsentState.Failed -> TroubleScreen(state.code, state.advice, retry = { if (state.advice == Advice.RETRY) actions.lookAgain() else actions.home() })
    }
}

@Composable
private fun Asking(state: ConsentState.Asking, actions: WalletActions) {
    // A warning has to be ticked off first, for this very request.
    var ticked by remember(state.review.requestHash) { mutableStateOf(!state.needsTick) }
    var left by remember(state.review.requestHash) { mutableLongStateOf(state.review.secondsLeft) }
    // One answer: a second tap, while the prompt for presence comes up, is none.
    var answered by remember(state.review.requestHash) { mutableStateOf(false) }
    LaunchedEffect(state.review.requestHash) {
        while (left > 0) {
            delay(1_000)
            left -= 1
        }
    }
    Request(state.review)
    state.review.warnings.forEach { Warning(said(it)) }
    if (state.needsTick) {
        Row(
            modifier = Modifier.fillMaxWidth().heightIn(min = TOUCH_TARGET)
                .toggleable(value = ticked, enabled = !answered, role = Role.Checkbox, onValueChange = { ticked = it }),
            horizontalArrangement = Arrangement.spacedBy(12.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Checkbox(checked = ticked, onCheckedChange = null)
            Text("I have read this")
        }
    }
    val countdown = formatCountdown(left, language)
    Text(if (left > 0) "Time left: $countdown" else countdown)
    MainButton("Agree", enabled = ticked && left > 0 && !answered) {
        answered = true
        actions.approve(state)
    }
    OtherButton("Decline", enabled = !answered) {
        answered = true
        actions.decline(state.review.session)
    }
}

@Composable
private fun Working(state: ConsentState.Working, actions: WalletActions) {
    val said = stage(state.stage)
    Title(state.review.verifierName)
    News(said)
    val done = (state.stage.ordinal + 1f) / AttemptStage.entries.size
    LinearProgressIndicator(progress = { done }, modifier = Modifier.fillMaxWidth().semantics { contentDescription = said })
    if (state.canCancel) OtherButton("Cancel", onClick = actions::cancel)
}

@Composable
private fun Request(review: ReviewRecord) {
    Title(review.verifierName)
    review.verifierDisplayName?.let { Text("calls itself $it") }
    Head("would learn")
    review.claims.forEach { Text("• ${said(it.text)}") }
    if (review.predicates.isNotEmpty()) {
        HorizontalDivider()
        Head("would see proved, without the number")
        review.predicates.forEach { Text("• ${said(it.text)}") }
    }
}

@Composable
private fun Ended(sentence: String, actions: WalletActions) {
    News(sentence)
    MainButton("Done", onClick = actions::home)
}

private fun stage(stage: AttemptStage) = when (stage) {
    AttemptStage.PREPARING -> "Preparing"
    AttemptStage.CHECKING -> "Checking your credential"
    AttemptStage.PROVING -> "Making the proof on this phone"
    AttemptStage.VERIFYING -> "Checking the proof"
    AttemptStage.SENDING -> "Sending"
}
