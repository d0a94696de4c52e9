package app.passid.wallet.android

import android.app.Activity
import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.keystore.Presence
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import javax.crypto.Cipher

/** The texts of the prompt, in the person's language. */
public data class PromptTexts(val title: String, val subtitle: String, val cancel: String)

/**
 * The system's biometric prompt, bound to the cipher it unlocks.
 *
 * [activity] gives the activity in front, or null when there is none: nothing is then asked, and nothing is opened.
 */
public class PresencePrompt(
    private val guard: ConsentGuard,
    private val texts: () -> PromptTexts,
    private val activity: () -> Activity?,
) : Presence {
    override fun unlock(cipher: Cipher): Cipher {
        val front = activity() ?: throw KeystoreFailure.Locked()
        val answer = CompletableFuture<Cipher>()
        val cancelling = CancellationSignal()
        front.runOnUiThread { show(front, cipher, cancelling, answer) }
        return try {
            answer.get()
        } catch (failed: ExecutionException) {
            throw failed.cause as? KeystoreFailure ?: KeystoreFailure.Unavailable()
        } catch (_: InterruptedException) {
            cancelling.cancel()
            Thread.currentThread().interrupt()
            throw KeystoreFailure.Cancelled()
        }
    }

    private fun show(front: Activity, cipher: Cipher, cancelling: CancellationSignal, answer: CompletableFuture<Cipher>) {
        try {
            val said = texts()
            val prompt = BiometricPrompt.Builder(front).setTitle(said.title).setSubtitle(said.subtitle).setConfirmationRequired(true)
            when (guard) {
                ConsentGuard.BIOMETRIC -> {
                    prompt.setAllowedAuthenticators(Authenticators.BIOMETRIC_STRONG)
                    prompt.setNegativeButton(said.cancel, front.mainExecutor) { _, _ -> answer.completeExceptionally(KeystoreFailure.Cancelled()) }
                }
                ConsentGuard.BIOMETRIC_OR_DEVICE_CODE ->
                    prompt.setAllowedAuthenticators(Authenticators.BIOMETRIC_STRONG or Authenticators.DEVICE_CREDENTIAL)
            }
            prompt.build().authenticate(BiometricPrompt.CryptoObject(cipher), cancelling, front.mainExecutor, Answers(answer))
        } catch (_: RuntimeException) {
            // The activity went away between the call and here.
            answer.completeExceptionally(KeystoreFailure.Locked())
        }
    }

    private class Answers(private val answer: CompletableFuture<Cipher>) : BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            val cipher = result.cryptoObject?.cipher
            if (cipher == null) answer.completeExceptionally(KeystoreFailure.Unavailable()) else answer.complete(cipher)
        }

        override fun onAuthenticationError(code: Int, said: CharSequence?) {
            val failure = when (code) {
                BiometricPrompt.BIOMETRIC_ERROR_CANCELED, BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED -> KeystoreFailure.Cancelled()
                BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT, BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT,
                BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT,
                -> KeystoreFailure.Locked()
                else -> KeystoreFailure.Unavailable()
            }
            answer.completeExceptionally(failure)
        }
    }
}
