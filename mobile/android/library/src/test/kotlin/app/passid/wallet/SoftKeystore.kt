package app.passid.wallet

import app.passid.wallet.core.KeystoreDescription
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.KeystoreRole
import app.passid.wallet.core.PlatformKeystore
import java.security.GeneralSecurityException
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** AES-GCM with keys in memory, as Android's keystore does it in hardware; and moods. */
class SoftKeystore : PlatformKeystore {
    private val keys = ConcurrentHashMap<KeystoreRole, SecretKey>()

    @Volatile
    var mood: (KeystoreRole) -> Unit = {}

    override fun seal(role: KeystoreRole, associatedData: ByteArray, secret: ByteArray): ByteArray {
        mood(role)
        val key = keys.computeIfAbsent(role) { KeyGenerator.getInstance("AES").apply { init(256) }.generateKey() }
        val cipher = Cipher.getInstance("AES/GCM/NoPadding").apply { init(Cipher.ENCRYPT_MODE, key) }
        cipher.updateAAD(associatedData)
        return cipher.iv + cipher.doFinal(secret)
    }

    override fun open(role: KeystoreRole, associatedData: ByteArray, sealed: ByteArray): ByteArray {
        mood(role)
        val key = keys[role] ?: throw KeystoreFailure.Missing()
        return try {
            val cipher = Cipher.getInstance("AES/GCM/NoPadding")
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(128, sealed, 0, 12))
            cipher.updateAAD(associatedData)
            cipher.doFinal(sealed, 12, sealed.size - 12)
        } catch (_: GeneralSecurityException) {
            throw KeystoreFailure.Invalidated()
        }
    }

    override fun destroy(role: KeystoreRole) {
        keys.remove(role)
    }

    override fun describe(): KeystoreDescription = KeystoreDescription(guardedBySystem = false, asksForPresence = false)
}
