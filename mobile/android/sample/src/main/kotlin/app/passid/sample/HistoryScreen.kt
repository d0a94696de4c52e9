package app.passid.sample

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import app.passid.wallet.core.HistoryRecord
import app.passid.wallet.core.formatDate
import java.time.Instant
import java.time.ZoneId

/** What happened: when, with whom, what by name, and how it ended. Values are not kept, so none are shown. */
@Composable
internal fun HistoryScreen(entries: List<HistoryRecord>, actions: WalletActions) {
    Title("History")
    if (entries.isEmpty()) Text("Nothing has been asked of this wallet yet.")
    entries.forEach { entry ->
        // One thing to a screen reader.
        Column(Modifier.semantics(mergeDescendants = true) {}) {
            Text("${entry.verifier ?: "Whoever has the code"}: ${entry.outcome.words}", style = MaterialTheme.typography.titleMedium)
            Text(day(entry.at))
            if (entry.permissions.isNotEmpty()) Text(entry.permissions.joinToString { it.words })
            entry.reason?.let { Text("Reason: $it", style = MaterialTheme.typography.bodySmall) }
        }
        HorizontalDivider()
    }
    MainButton("Back", onClick = actions::home)
}

private val String.words get() = replace('_', ' ')

private fun day(seconds: Long): String {
    val offset = ZoneId.systemDefault().rules.getOffset(Instant.ofEpochSecond(seconds)).totalSeconds
    return formatDate(seconds, offset, language)
}
