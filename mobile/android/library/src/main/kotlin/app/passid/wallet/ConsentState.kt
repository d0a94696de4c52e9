package app.passid.wallet

import app.passid.wallet.core.AttemptStage
import app.passid.wallet.core.ReviewRecord
import app.passid.wallet.core.SharedRecord
import app.passid.wallet.core.WalletFailure

/** Everything a consent screen can show. One screen per state; the sample has them all. */
public sealed interface ConsentState {
    /** The request is being looked up. */
    public data object Loading : ConsentState

    /** The person decides. [needsTick] is true while there is a warning: approval is then never pre-selected. */
    public data class Asking(val review: ReviewRecord) : ConsentState {
        val needsTick: Boolean get() = review.warnings.isNotEmpty()
    }

    /** Approving would fail, for the reason in the review's obstacle; declining works. */
    public data class Blocked(val review: ReviewRecord) : ConsentState

    /** Proving and sending. Cancelling works until [AttemptStage.SENDING]. */
    public data class Working(val review: ReviewRecord, val stage: AttemptStage) : ConsentState {
        val canCancel: Boolean get() = stage != AttemptStage.SENDING
    }

    /** Shared. */
    public data class Shared(val review: ReviewRecord, val result: SharedRecord) : ConsentState

    /** The person declined. */
    public data object Declined : ConsentState

    /** The time to answer is over. */
    public data object Expired : ConsentState

    /** The request is not what was shown: it must be looked at again. */
    public data object Changed : ConsentState

    /** It is not known whether it arrived; call [PassidWallet.resume] later, and approve nothing meanwhile. */
    public data object Unknown : ConsentState

    /** It did not happen, and nothing was shared. */
    public data class Failed(val code: String, val advice: Advice) : ConsentState
}

/** What an app can do about a failure. */
public enum class Advice {
    /** Try the same again, now or when there is a network. */
    RETRY,

    /** Do nothing until the person asks again. */
    NOTHING,

    /** Ask the person to unlock the device. */
    UNLOCK,

    /** Offer the restoration of a backup; never delete the vault. */
    RESTORE,

    /** Register, or link a bank for a (fresh) credential. */
    SET_UP,

    /** Ask the institution for a new request. */
    NEW_REQUEST,

    /** Update the app or report it: this should not be. */
    REPORT,
}

/** The stable code of a failure. */
public val WalletFailure.stableCode: String
    get() = when (this) {
        is WalletFailure.Keystore -> code
        is WalletFailure.Vault -> code
        is WalletFailure.Issuer -> code
        is WalletFailure.NotRegistered -> code
        is WalletFailure.Credential -> code
        is WalletFailure.Request -> code
        is WalletFailure.Consent -> code
        is WalletFailure.Presentation -> code
        is WalletFailure.Share -> code
        is WalletFailure.Backup -> code
        is WalletFailure.Input -> code
    }

/** What to do about a failure. */
public val WalletFailure.advice: Advice
    get() = when (this) {
        is WalletFailure.Keystore -> when (code) {
            "keystore_locked" -> Advice.UNLOCK
            "keystore_cancelled" -> Advice.NOTHING
            "keystore_invalidated", "keystore_missing" -> Advice.RESTORE
            else -> Advice.RETRY
        }
        is WalletFailure.Vault -> when (code) {
            "vault_damaged", "vault_missing", "vault_key_file_missing", "vault_key_file_damaged", "vault_wrong_key" -> Advice.RESTORE
            "vault_in_use", "vault_closed", "storage_full" -> Advice.RETRY
            else -> Advice.REPORT
        }
        is WalletFailure.Issuer -> when (code) {
            "issuer_unreachable", "issuer_status", "unavailable", "rate_limited" -> Advice.RETRY
            else -> Advice.REPORT
        }
        is WalletFailure.NotRegistered -> Advice.SET_UP
        is WalletFailure.Credential -> Advice.SET_UP
        is WalletFailure.Request -> if (code == "clock_wrong") Advice.SET_UP else Advice.NEW_REQUEST
        is WalletFailure.Consent -> Advice.RETRY
        is WalletFailure.Presentation -> if (code == "cancelled") Advice.NOTHING else Advice.RETRY
        is WalletFailure.Share -> Advice.NOTHING
        is WalletFailure.Backup -> if (code == "backup_wrong_passphrase") Advice.RETRY else Advice.NOTHING
        is WalletFailure.Input -> Advice.REPORT
    }

internal fun stateOf(failure: WalletFailure): ConsentState = when (failure.stableCode) {
    "request_changed" -> ConsentState.Changed
    "request_expired", "request_not_found" -> ConsentState.Expired
    "outcome_unknown" -> ConsentState.Unknown
    else -> ConsentState.Failed(failure.stableCode, failure.advice)
}
