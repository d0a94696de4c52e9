package app.passid.wallet

import app.passid.wallet.core.KeystoreDescription
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.KeystoreRole
import app.passid.wallet.keystore.CipherKeys
import app.passid.wallet.keystore.CipherKeystore
import app.passid.wallet.keystore.Presence
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** Keys in memory where a phone has hardware, and a person who agrees unless [person] is told otherwise. */
class SoftKeys : CipherKeys {
    private val keys = ConcurrentHashMap<KeystoreRole, SecretKey>()

    @Volatile
    var person = Presence { it }

    @Volatile
    var prompts = 0
        private set

    val keystore = CipherKeystore(this) { cipher ->
        prompts += 1
        person.unlock(cipher)
    }

    override fun find(role: KeystoreRole): SecretKey? = keys[role]

    override fun make(role: KeystoreRole): SecretKey {
        val made = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()
        check(keys.put(role, made) == null) { "a key was made over another" }
        return made
    }

    override fun remove(role: KeystoreRole) {
        keys.remove(role)
    }

    override fun asksForPresence(role: KeystoreRole) = role == KeystoreRole.CONSENT

    override fun explain(cause: Exception): KeystoreFailure = KeystoreFailure.Unavailable()

    override fun describe() = KeystoreDescription(guardedBySystem = false, asksForPresence = true)
}
