package app.passid.wallet.android

import android.content.Context
import android.content.pm.PackageManager
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import app.passid.wallet.core.KeystoreDescription
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.KeystoreRole
import app.passid.wallet.keystore.CipherKeys
import java.security.KeyStore
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory

/** Who can agree to a share. Fixed when the key is made. */
public enum class ConsentGuard {
    /** A strong biometric (class 3). Enrolling another finger or face ends the key: the person then restores a backup. */
    BIOMETRIC,

    /** A strong biometric or the device's code; enrolment does not end the key. */
    BIOMETRIC_OR_DEVICE_CODE,
}

/**
 * Two AES-256 keys in Android's keystore: in StrongBox where the phone has it, else in the trusted environment.
 *
 * The vault's key works while the device is unlocked. The consent key works once for each time the person shows presence. [name] keeps
 * several wallets of one app apart.
 */
public class AndroidKeys(context: Context, private val guard: ConsentGuard = ConsentGuard.BIOMETRIC, private val name: String = "main") : CipherKeys {
    private val strongBox = context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)
    private val store: KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    override fun find(role: KeystoreRole): SecretKey? = store.getKey(alias(role), null) as SecretKey?

    override fun make(role: KeystoreRole): SecretKey = try {
        generate(role, strongBox)
    } catch (_: StrongBoxUnavailableException) {
        generate(role, inStrongBox = false)
    }

    override fun remove(role: KeystoreRole): Unit = store.deleteEntry(alias(role))

    override fun asksForPresence(role: KeystoreRole): Boolean = role == KeystoreRole.CONSENT

    override fun explain(cause: Exception): KeystoreFailure = when (cause) {
        is KeyPermanentlyInvalidatedException -> KeystoreFailure.Invalidated()
        is UserNotAuthenticatedException -> KeystoreFailure.Locked()
        else -> KeystoreFailure.Unavailable()
    }

    override fun describe(): KeystoreDescription = KeystoreDescription(guardedBySystem = true, asksForPresence = true)

    /** Where the role's key is: StrongBox, the trusted environment or software; null where there is none. For a diagnosis page. */
    public fun securityLevel(role: KeystoreRole): String? = find(role)?.let { key ->
        val info = SecretKeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo
        when (info.securityLevel) {
            KeyProperties.SECURITY_LEVEL_STRONGBOX -> "strongbox"
            KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT -> "trusted_environment"
            KeyProperties.SECURITY_LEVEL_SOFTWARE -> "software"
            else -> "unknown"
        }
    }

    private fun alias(role: KeystoreRole) = "passid/$name/${role.name.lowercase()}/v1"

    private fun generate(role: KeystoreRole, inStrongBox: Boolean): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val wanted = KeyGenParameterSpec.Builder(alias(role), purposes)
            .setKeySize(256)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setIsStrongBoxBacked(inStrongBox)
            .setUnlockedDeviceRequired(true)
        if (role == KeystoreRole.CONSENT) {
            val who = when (guard) {
                ConsentGuard.BIOMETRIC -> KeyProperties.AUTH_BIOMETRIC_STRONG
                ConsentGuard.BIOMETRIC_OR_DEVICE_CODE -> KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL
            }
            // No seconds of grace: every single use is agreed to.
            wanted.setUserAuthenticationRequired(true).setUserAuthenticationParameters(0, who).setInvalidatedByBiometricEnrollment(true)
        }
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
        generator.init(wanted.build())
        return generator.generateKey()
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}
