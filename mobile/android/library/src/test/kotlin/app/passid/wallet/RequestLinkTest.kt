package app.passid.wallet

import app.passid.wallet.core.WalletFailure
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull

class RequestLinkTest {
    @Test
    fun `only our links and the shape of a code pass`() {
        for (text in listOf("passid://verify-request?r=1&i=2", " AB3X-7YQM\n", "ab3x7yqm", "AB3X 7YQM")) {
            assertNotNull(RequestLink.parse(text), text)
        }
        for (text in listOf(null, "", "https://verify-request?r=1", "passid://other?r=1", "PASSID://verify-request?r=1", "javascript:alert(1)", "x".repeat(5_000))) {
            assertNull(RequestLink.parse(text), text)
        }
        assertFalse(RequestLink.parse("AB3X-7YQM").toString().contains("AB3X"))
    }

    @Test
    fun `every area of failure has advice`() {
        val advice = mapOf(
            WalletFailure.Keystore("keystore_locked", "") to Advice.UNLOCK,
            WalletFailure.Keystore("keystore_invalidated", "") to Advice.RESTORE,
            WalletFailure.Vault("vault_damaged", "") to Advice.RESTORE,
            WalletFailure.Issuer("issuer_unreachable", "", null) to Advice.RETRY,
            WalletFailure.Issuer("issuer_changed", "", null) to Advice.REPORT,
            WalletFailure.NotRegistered("not_registered", "") to Advice.SET_UP,
            WalletFailure.Request("request_expired", "") to Advice.NEW_REQUEST,
            WalletFailure.Backup("backup_wrong_passphrase", "") to Advice.RETRY,
        )
        for ((failure, expected) in advice) assertEquals(expected, failure.advice, failure.stableCode)
        assertEquals(ConsentState.Changed, stateOf(WalletFailure.Consent("request_changed", "")))
        assertEquals(ConsentState.Unknown, stateOf(WalletFailure.Presentation("outcome_unknown", "")))
    }
}
