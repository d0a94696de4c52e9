@file:OptIn(ExperimentalTestApi::class)

package app.passid.sample

import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.toAwtImage
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import app.passid.wallet.ConsentState
import java.awt.image.BufferedImage
import java.io.File
import java.util.Locale
import javax.imageio.ImageIO
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertTrue

/** A small phone of 360 × 740 dp. */
private const val PIXELS_PER_DP = 2f
private val PHONE = Size(360 * PIXELS_PER_DP, 740 * PIXELS_PER_DP)

private object Nobody : WalletActions {
    override fun approve(state: ConsentState.Asking) = Unit
    override fun decline(session: String) = Unit
    override fun cancel() = Unit
    override fun lookAgain() = Unit
    override fun typed(code: String) = Unit
    override fun linkBank(name: String) = Unit
    override fun receive(destination: String) = Unit
    override fun history() = Unit
    override fun home() = Unit
}

private fun show(screen: Screen, dark: Boolean, letters: Float, look: SkikoComposeUiTest.() -> Unit) =
    runSkikoComposeUiTest(PHONE, Density(PIXELS_PER_DP, letters)) {
        // A countdown is never idle: time goes on where a test says so.
        mainClock.autoAdvance = false
        setContent { WalletTheme(dark) { WalletScreen(screen, Nobody) } }
        mainClock.advanceTimeBy(400)
        look()
    }

/** The screens as a person meets them, drawn without a phone. The pictures are kept in `target` for whoever wants to look. */
class ScreensTest {
    @BeforeTest
    fun inEnglish() = Locale.setDefault(Locale.UK)

    @Test
    fun `every state says in words what it is`() = SCREENS.forEach { (name, given) ->
        val (screen, sentences) = given
        for ((look, dark, letters) in listOf(Triple("light", false, 1f), Triple("dark", true, 1f), Triple("large", false, 2f))) {
            show(screen, dark, letters) {
                sentences.forEach { assertTrue(onAllNodesWithText(it).fetchSemanticsNodes().isNotEmpty(), "$name does not say: $it") }
                keep(captureToImage().toAwtImage(), "$name-$look")
            }
        }
    }

    private fun keep(picture: BufferedImage, name: String) {
        val directory = File(System.getProperty("pictures.directory")).apply { mkdirs() }
        ImageIO.write(picture, "png", File(directory, "$name.png"))
    }
}
