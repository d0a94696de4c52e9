package app.passid.wallet

import app.passid.wallet.core.AttemptStage
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.WalletFailure
import app.passid.wallet.core.WalletLanguage
import app.passid.wallet.core.WalletSettings
import app.passid.wallet.core.say
import app.passid.wallet.keystore.Presence
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking

/** A person's whole way, through the Kotlin library, the real native library and a running issuer. */
class WholeShareTest {
    private class Phone {
        val keys = SoftKeys()
        private val directory = Files.createTempDirectory("passid-wallet").toFile().apply { deleteOnExit() }

        suspend fun open() = PassidWallet.open(WalletSettings(dataDirectory = "$directory/vault", issuer = ISSUER, environment = "sandbox"), keys.keystore)
    }

    private suspend fun setUp(wallet: PassidWallet) {
        wallet.core.register()
        receive(wallet)
    }

    private suspend fun receive(wallet: PassidWallet) {
        val bank = wallet.core.banks().first()
        val link = wallet.core.linkBank(bank.id, "Amara Osei")
        agreeAtTheBank(checkNotNull(link.authorizationUrl), "amara")
        wallet.core.requestCredential(link.linkId, "GB")
    }

    private suspend fun asked(wallet: PassidWallet, link: String) =
        assertIs<ConsentState.Asking>(wallet.review(checkNotNull(RequestLink.parse(link))).last())

    @Test
    fun `a request is shown, approved and read by the institution`() = runBlocking {
        val (phone, bank) = Phone() to Institution()
        val wallet = phone.open()
        setUp(wallet)
        val (session, link) = bank.session(listOf("income_verified", "identity_verified"))
        val asking = asked(wallet, link)
        assertEquals("Kotlin Bank", asking.review.verifierName)
        assertTrue(asking.needsTick, "the sandbox is a warning")
        assertEquals("Votre revenu est confirmé, sous forme de fourchette", say(asking.review.claims.first { it.permission == "income_verified" }.text, WalletLanguage.FRENCH))

        val states = wallet.approve(asking).toList()
        assertIs<ConsentState.Shared>(states.last(), states.toString())
        val stages = states.filterIsInstance<ConsentState.Working>().map { it.stage }
        assertContains(stages, AttemptStage.PROVING)
        assertEquals(AttemptStage.SENDING, stages.last())
        assertEquals("completed", bank.status(session))
        assertFalse(bank.poll(session).contains("\"fsi_score\""), "only what was agreed")

        val again = wallet.approve(asking).last()
        assertTrue(again is ConsentState.Failed || again is ConsentState.Expired, again.toString())
        assertEquals(listOf("shared"), wallet.core.history().map { it.outcome })
        wallet.close()

        val reopened = phone.open()
        assertEquals(1, reopened.core.credentials(false).size)
        reopened.close()
    }

    @Test
    fun `cancelling, declining and a dismissed prompt share nothing`() = runBlocking {
        val (phone, bank) = Phone() to Institution()
        val wallet = phone.open()
        setUp(wallet)
        val (session, link) = bank.session(listOf("identity_verified"))
        val asking = asked(wallet, link)

        phone.keys.person = Presence { throw KeystoreFailure.Cancelled() }
        assertEquals(ConsentState.Failed("keystore_cancelled", Advice.NOTHING), wallet.approve(asking).last())
        phone.keys.person = Presence { throw IllegalStateException("must not be repeated") }
        assertEquals("keystore_unavailable", assertIs<ConsentState.Failed>(wallet.approve(asking).last()).code)
        phone.keys.person = Presence { it }

        // The collector goes away at the first stage: the attempt is cancelled, and the request stays open.
        assertIs<ConsentState.Working>(wallet.approve(asking).first())
        assertEquals("pending", bank.status(session))
        assertEquals(ConsentState.Declined, wallet.decline(session))
        assertEquals("declined", bank.status(session))
        wallet.close()
    }

    @Test
    fun `a backup moves the account to a new phone and the old one is out`() = runBlocking {
        val (old, new) = Phone() to Phone()
        val before = old.open()
        setUp(before)
        val account = before.core.register().userId
        val file = before.core.backup("a long passphrase", includeHolderSecret = false)
        val after = new.open()
        assertEquals("backup_wrong_passphrase", assertFailsWith<WalletFailure.Backup> { after.core.restore(file, "another passphrase") }.code)
        val restored = after.core.restore(file, "a long passphrase")
        assertEquals(account to false, restored.userId to restored.sameApplicant)
        assertEquals("unauthenticated", assertFailsWith<WalletFailure.Issuer> { before.core.credentials(true) }.code)
        receive(after)
        val bank = Institution()
        val (session, link) = bank.session(listOf("identity_verified"))
        assertIs<ConsentState.Shared>(wallet(after, link))
        assertEquals("completed", bank.status(session))
        before.close()
        after.close()
    }

    private suspend fun wallet(wallet: PassidWallet, link: String) = wallet.approve(asked(wallet, link)).last()
}
