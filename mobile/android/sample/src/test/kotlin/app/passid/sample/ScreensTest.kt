@file:OptIn(ExperimentalTestApi::class)

package app.passid.sample

import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.toAwtImage
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import app.passid.wallet.ConsentState
import app.passid.wallet.core.AttemptStage
import org.junit.jupiter.api.Timeout
import java.awt.image.BufferedImage
import java.io.File
import java.util.Locale
import javax.imageio.ImageIO
import kotlin.math.pow
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** A small phone of 360 × 740 dp. */
private const val PIXELS_PER_DP = 2f
private val PHONE = Size(360 * PIXELS_PER_DP, 740 * PIXELS_PER_DP)

/** As wide, and so high that nothing has to be scrolled. */
private val UNROLLED = Size(PHONE.width, 2_400 * PIXELS_PER_DP)

/** What a person pressed. */
private class Pressed : WalletActions {
    val buttons = mutableListOf<String>()

    override fun approve(state: ConsentState.Asking) { buttons += "approve ${state.review.requestHash}" }
    override fun decline(session: String) { buttons += "decline $session" }
    override fun cancel() { buttons += "cancel" }
    override fun lookAgain() { buttons += "look again" }
    override fun typed(code: String) { buttons += "code $code" }
    override fun linkBank(name: String) { buttons += "bank $name" }
    override fun receive(destination: String) { buttons += "receive $destination" }
    override fun history() { buttons += "history" }
    override fun home() { buttons += "home" }
}

private fun show(
    screen: Screen,
    dark: Boolean = false,
    letters: Float = 1f,
    size: Size = UNROLLED,
    pressed: Pressed = Pressed(),
    look: SkikoComposeUiTest.() -> Unit,
) =
    runSkikoComposeUiTest(size, Density(PIXELS_PER_DP, letters)) {
        // A countdown is never idle: time goes on where a test says so.
        mainClock.autoAdvance = false
        setContent { WalletTheme(dark) { WalletScreen(screen, pressed) } }
        settle()
        look()
    }

/** Lets what was begun come to its end. */
private fun SkikoComposeUiTest.settle() = mainClock.advanceTimeBy(1_000)

private fun SkikoComposeUiTest.press(text: String) {
    onNodeWithText(text).assertIsDisplayed().performClick()
    settle()
}

private fun SkikoComposeUiTest.write(text: String, into: String) {
    onNodeWithText(into).assertIsDisplayed().performTextInput(text)
    settle()
}

private val IS_TEXT = SemanticsMatcher.keyIsDefined(SemanticsProperties.Text)
private val IS_PRESSED = SemanticsMatcher.keyIsDefined(SemanticsActions.OnClick)
private val IS_PROGRESS = SemanticsMatcher.keyIsDefined(SemanticsProperties.ProgressBarRangeInfo)

private fun SkikoComposeUiTest.nodes(matcher: SemanticsMatcher, unmerged: Boolean = false) = onAllNodes(matcher, unmerged).fetchSemanticsNodes()

private val SemanticsNode.said get() = config.getOrNull(SemanticsProperties.Text)?.joinToString { it.text }

private fun SemanticsNode.isDisabled(): Boolean = SemanticsProperties.Disabled in config || parent?.isDisabled() == true

/** The screens as a person meets them, drawn without a phone. The pictures are kept in `target` for whoever wants to look. */
@Timeout(60)
class ScreensTest {
    @BeforeTest
    fun inEnglish() = Locale.setDefault(Locale.UK)

    @Test
    fun `every state says in words what it is`() = SCREENS.forEach { (name, given) ->
        val (screen, sentences) = given
        for ((look, dark, letters) in listOf(Triple("light", false, 1f), Triple("dark", true, 1f), Triple("large", false, 2f))) {
            show(screen, dark, letters, PHONE) {
                sentences.forEach { assertTrue(onAllNodesWithText(it).fetchSemanticsNodes().isNotEmpty(), "$name does not say: $it") }
                keep(captureToImage().toAwtImage(), "$name-$look")
            }
        }
    }

    @Test
    fun `a request is agreed to once`() = Pressed().let { pressed ->
        show(Screen.Request(PLAIN), pressed = pressed) {
            onNodeWithText("Agree").assertIsEnabled()
            press("Agree")
            onNodeWithText("Agree").assertIsNotEnabled()
            press("Agree")
            onNodeWithText("Decline").assertIsNotEnabled()
            press("Decline")
        }
        assertEquals(listOf("approve hash"), pressed.buttons)
    }

    @Test
    fun `a warning is ticked off before agreeing, not before declining`() = Pressed().let { pressed ->
        show(Screen.Request(WARNED), pressed = pressed) {
            onNodeWithText("Agree").assertIsNotEnabled()
            press("Agree")
            onNodeWithText("Decline").assertIsEnabled()
            press("I have read this")
            onNodeWithText("Agree").assertIsEnabled()
            press("Agree")
        }
        show(Screen.Request(WARNED), pressed = pressed) { press("Decline") }
        assertEquals(listOf("approve hash", "decline req_01"), pressed.buttons)
    }

    @Test
    fun `nothing can be agreed to once the time is over`() = show(Screen.Request(ConsentState.Asking(review(secondsLeft = 2)))) {
        onNodeWithText("Agree").assertIsEnabled()
        mainClock.advanceTimeBy(2_500)
        onNodeWithText("Agree").assertIsNotEnabled()
        onNodeWithText("Decline").assertIsEnabled()
    }

    @Test
    fun `while proving, progress is read out and nothing can be agreed to`() {
        var before = 0f
        for (stage in AttemptStage.entries) {
            show(Screen.Request(ConsentState.Working(review(), stage))) {
                val bar = nodes(IS_PROGRESS).single()
                val done = bar.config[SemanticsProperties.ProgressBarRangeInfo].current
                assertTrue(done > before, "$stage goes on")
                before = done
                val words = assertNotNull(bar.config.getOrNull(SemanticsProperties.ContentDescription)?.single())
                assertTrue(SemanticsProperties.LiveRegion in onNodeWithText(words).fetchSemanticsNode().config, "$stage is announced")
                assertEquals(emptyList(), onAllNodesWithText("Agree").fetchSemanticsNodes())
                // What was sent cannot be called back.
                assertEquals(if (stage == AttemptStage.SENDING) 0 else 1, onAllNodesWithText("Cancel").fetchSemanticsNodes().size)
            }
        }
        show(Screen.Request(ConsentState.Loading)) {
            assertNotNull(nodes(IS_PROGRESS).single().config.getOrNull(SemanticsProperties.ContentDescription))
        }
    }

    @Test
    fun `what is typed goes on, and nothing empty does`() = Pressed().let { pressed ->
        show(SCREENS.getValue("empty").first, pressed = pressed) {
            onNodeWithText("Look").assertIsNotEnabled()
            write("Amara Obi", into = "Your name, as your bank has it")
            press("Link a bank")
            write("AB3X-7YQM", into = "Code of a request")
            press("Look")
            press("History")
        }
        assertEquals(listOf("bank Amara Obi", "code AB3X-7YQM", "history"), pressed.buttons)
    }

    @Test
    fun `every ended state leads on`() {
        val ways = mapOf("shared" to "Done", "declined" to "Done", "expired" to "Done", "unknown" to "Done", "changed" to "Look again", "failed" to "Go on",
            "locked" to "Go on", "history" to "Back")
        val pressed = Pressed()
        ways.forEach { (name, button) -> show(SCREENS.getValue(name).first, pressed = pressed) { press(button) } }
        assertEquals(listOf("home", "home", "home", "home", "look again", "look again", "home", "home"), pressed.buttons)
    }

    @Test
    fun `a finger hits everything, and a screen reader has words for it`() = SCREENS.forEach { (name, given) ->
        show(given.first) {
            nodes(IS_PRESSED).forEach { node ->
                val least = TOUCH_TARGET.value * PIXELS_PER_DP
                assertTrue(node.size.width >= least && node.size.height >= least, "$name: ${node.said} is ${node.size} pixels")
                assertTrue(!node.said.isNullOrBlank() || SemanticsProperties.EditableText in node.config, "$name: something without words")
            }
            val headings = nodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.Heading)) + nodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.LiveRegion))
            assertTrue(headings.isNotEmpty(), "$name: nothing to begin reading at")
        }
    }

    @Test
    fun `what does not fit on the phone is scrolled to`() = show(SCREENS.getValue("warnings").first, letters = 2f, size = PHONE) {
        val range = nodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.VerticalScrollAxisRange)).single().config[SemanticsProperties.VerticalScrollAxisRange]
        val decline = onNodeWithText("Decline").fetchSemanticsNode()
        assertTrue(decline.positionInRoot.y + decline.size.height - range.maxValue() <= PHONE.height, "the last button is within reach")
    }

    /** 4.5 to 1, of WCAG 2.2, success criterion 1.4.3; measured in the picture. What is disabled is exempt there. */
    @Test
    fun `text stands out in light and dark`() = SCREENS.forEach { (name, given) ->
        for (dark in listOf(false, true)) {
            show(given.first, dark) {
                val picture = captureToImage().toAwtImage()
                assertEquals(dark, luminance(picture.getRGB(2, 2)) < 0.1, "$name: the screen itself is ${if (dark) "dark" else "light"}")
                nodes(IS_TEXT, unmerged = true).filter { !it.isDisabled() && it.boundsInRoot.height >= it.size.height }.forEach { node ->
                    val contrast = contrast(picture, node)
                    assertTrue(contrast >= 4.5, "$name${if (dark) " in the dark" else ""}: ${node.said} has a contrast of $contrast")
                }
            }
        }
    }

    private fun keep(picture: BufferedImage, name: String) {
        val directory = File(System.getProperty("pictures.directory")).apply { mkdirs() }
        ImageIO.write(picture, "png", File(directory, "$name.png"))
    }
}

/** Relative luminance, of WCAG 2.2. */
private fun luminance(colour: Int): Double {
    val (red, green, blue) = listOf(16, 8, 0).map {
        val part = (colour shr it and 0xff) / 255.0
        if (part <= 0.04045) part / 12.92 else ((part + 0.055) / 1.055).pow(2.4)
    }
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Of the commonest colour behind a text to the colour that differs most from it. */
private fun contrast(picture: BufferedImage, text: SemanticsNode): Double {
    val box = text.boundsInRoot
    val colours = (box.top.toInt() until box.bottom.toInt()).flatMap { y -> (box.left.toInt() until box.right.toInt()).map { x -> picture.getRGB(x, y) } }
    val ground = luminance(colours.groupingBy { it }.eachCount().maxBy { it.value }.key)
    return colours.distinct().map(::luminance).maxOf { (maxOf(it, ground) + 0.05) / (minOf(it, ground) + 0.05) }
}
