package app.passid.sample

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.Button
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.passid.wallet.core.TextRecord
import app.passid.wallet.core.WalletLanguage
import app.passid.wallet.core.languageOfLocale
import app.passid.wallet.core.say
import java.util.Locale

/** The least a finger is asked to hit (Android's accessibility guidelines). */
val TOUCH_TARGET: Dp = 48.dp

/** The person's language, as far as the wallet speaks it. */
internal val language: WalletLanguage get() = languageOfLocale(Locale.getDefault().toLanguageTag())

internal fun said(text: TextRecord): String = say(text, language)

/** Light or dark, as the person set the phone. */
@Composable
fun WalletTheme(dark: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    MaterialTheme(colorScheme = if (dark) darkColorScheme() else lightColorScheme(), content = content)
}

/** What the screen is about. */
@Composable
internal fun Title(text: String) = Text(text, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineMedium)

/** The head of a part. */
@Composable
internal fun Head(text: String) = Text(text, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)

/** What has just come about: read out without being looked for. */
@Composable
internal fun News(text: String) = Text(text, Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)

/** A warning, in words as well as in colour. */
@Composable
internal fun Warning(text: String) = Text("Warning: $text", color = MaterialTheme.colorScheme.error)

/** What the person most likely wants. Buttons stand below each other, so that large letters have room. */
@Composable
internal fun MainButton(text: String, enabled: Boolean = true, onClick: () -> Unit) =
    Button(onClick, Modifier.fillMaxWidth().heightIn(min = TOUCH_TARGET), enabled) { Text(text) }

/** Another way on. */
@Composable
internal fun OtherButton(text: String, enabled: Boolean = true, onClick: () -> Unit) =
    OutlinedButton(onClick, Modifier.fillMaxWidth().heightIn(min = TOUCH_TARGET), enabled) { Text(text) }

/** Something goes on, of unknown length; [what] is read out. */
@Composable
internal fun Waiting(what: String) = LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = what })
