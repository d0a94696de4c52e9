package app.passid.wallet

import app.passid.wallet.core.AttemptHandle
import app.passid.wallet.core.AttemptListener
import app.passid.wallet.core.AttemptStage
import app.passid.wallet.core.MobileWallet
import app.passid.wallet.core.PlatformKeystore
import app.passid.wallet.core.WalletFailure
import app.passid.wallet.core.WalletSettings
import app.passid.wallet.core.coreVersion
import app.passid.wallet.core.openWallet
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * The wallet of an app: opened when the app comes to the foreground, [close]d when it goes.
 *
 * Everything suspends and can be cancelled. [core] offers what has no screen of its own: banks, credentials, shares, history, backups.
 */
public class PassidWallet private constructor(public val core: MobileWallet) {
    /** Looks a request up: [ConsentState.Loading], then what to show. */
    public fun review(link: RequestLink): Flow<ConsentState> = flow {
        emit(ConsentState.Loading)
        emit(look(link))
    }

    private suspend fun look(link: RequestLink): ConsentState = try {
        val review = core.review(link.text)
        if (review.obstacle == null) ConsentState.Asking(review) else ConsentState.Blocked(review)
    } catch (failure: WalletFailure) {
        stateOf(failure)
    }

    /**
     * Approves exactly what [asked] showed. The keystore asks for the person's presence. Emits every stage and one final state. Cancelling
     * the collection cancels the attempt while it can be; what was sent is settled by [resume].
     */
    public fun approve(asked: ConsentState.Asking): Flow<ConsentState> = channelFlow {
        val handle = AttemptHandle()
        val listener = object : AttemptListener {
            override fun onStage(stage: AttemptStage) {
                trySend(ConsentState.Working(asked.review, stage))
            }
        }
        val attempt = launch {
            val final = try {
                // The core decides what cancelling still can do: the call itself is never abandoned half way.
                val result = withContext(NonCancellable) { core.approve(asked.review.session, asked.review.requestHash, handle, listener) }
                ConsentState.Shared(asked.review, result)
            } catch (failure: WalletFailure) {
                stateOf(failure)
            }
            send(final)
            close()
        }
        try {
            awaitClose { handle.cancel() }
        } finally {
            attempt.join()
            handle.destroy()
        }
    }

    /** Declines; leave [reason] out to tell nothing. */
    public suspend fun decline(session: String, reason: String? = null): ConsentState = try {
        core.decline(session, reason)
        ConsentState.Declined
    } catch (failure: WalletFailure) {
        stateOf(failure)
    }

    /** Finds out what became of sharing that was interrupted: outcomes by subject. Call it after opening. */
    public suspend fun resume(): Map<String, String> = core.resumeAttempts()

    /** Closes the vault and wipes its key; the object is of no use afterwards. */
    public suspend fun close() {
        withContext(NonCancellable) {
            try {
                core.lock()
            } finally {
                core.destroy()
            }
        }
    }

    public companion object {
        /** The core these sources were written for. */
        public const val CORE_VERSION: String = "0.1.0"

        /**
         * Opens the wallet, making it where there is none, and settles what was interrupted.
         *
         * @throws WalletFailure nothing that exists is ever deleted or overwritten.
         */
        public suspend fun open(settings: WalletSettings, keystore: PlatformKeystore): PassidWallet {
            check(coreVersion() == CORE_VERSION) { "the native library is of version ${coreVersion()}, not $CORE_VERSION" }
            val wallet = PassidWallet(openWallet(settings, keystore))
            try {
                wallet.resume()
            } catch (_: WalletFailure) {
                // Not registered yet, or offline: what is open stays open and is looked after the next time.
            } catch (cancelled: CancellationException) {
                wallet.close()
                throw cancelled
            }
            return wallet
        }
    }
}
