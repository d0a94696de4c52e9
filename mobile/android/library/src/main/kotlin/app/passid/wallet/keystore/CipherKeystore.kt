package app.passid.wallet.keystore

import app.passid.wallet.core.KeystoreDescription
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.KeystoreRole
import app.passid.wallet.core.PlatformKeystore
import java.security.GeneralSecurityException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The wallet's keystore: AES-256-GCM under keys that never leave [keys], with the associated data bound.
 *
 * Sealed bytes: version (1), the nonce the key's keeper drew (12), ciphertext and tag. Opening never makes a key.
 */
public class CipherKeystore(private val keys: CipherKeys, private val presence: Presence) : PlatformKeystore {
    override fun seal(role: KeystoreRole, associatedData: ByteArray, secret: ByteArray): ByteArray = explained {
        val cipher = ready(role, keys.find(role) ?: keys.make(role)) { key -> init(Cipher.ENCRYPT_MODE, key) }
        cipher.updateAAD(associatedData)
        val sealed = cipher.doFinal(secret)
        secret.fill(0)
        val nonce = cipher.iv
        if (nonce.size != NONCE_BYTES) throw KeystoreFailure.Unavailable()
        byteArrayOf(VERSION) + nonce + sealed
    }

    override fun open(role: KeystoreRole, associatedData: ByteArray, sealed: ByteArray): ByteArray = explained {
        if (sealed.size < START + TAG_BYTES || sealed[0] != VERSION) throw KeystoreFailure.Invalidated()
        val key = keys.find(role) ?: throw KeystoreFailure.Missing()
        val cipher = ready(role, key) { init(Cipher.DECRYPT_MODE, it, GCMParameterSpec(TAG_BYTES * 8, sealed, 1, NONCE_BYTES)) }
        cipher.updateAAD(associatedData)
        try {
            cipher.doFinal(sealed, START, sealed.size - START)
        } catch (_: AEADBadTagException) {
            // Another key than the one that sealed it, or other data.
            throw KeystoreFailure.Invalidated()
        }
    }

    override fun destroy(role: KeystoreRole): Unit = explained { keys.remove(role) }

    override fun describe(): KeystoreDescription = keys.describe()

    private fun ready(role: KeystoreRole, key: SecretKey, start: Cipher.(SecretKey) -> Unit): Cipher {
        val cipher = Cipher.getInstance("AES/GCM/NoPadding").apply { start(key) }
        return if (keys.asksForPresence(role)) presence.unlock(cipher) else cipher
    }

    private fun <T> explained(work: () -> T): T = try {
        work()
    } catch (failure: KeystoreFailure) {
        throw failure
    } catch (cause: GeneralSecurityException) {
        throw keys.explain(cause)
    }

    private companion object {
        const val VERSION: Byte = 1
        const val NONCE_BYTES = 12
        const val TAG_BYTES = 16
        const val START = 1 + NONCE_BYTES
    }
}
