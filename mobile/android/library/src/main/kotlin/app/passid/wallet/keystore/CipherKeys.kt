package app.passid.wallet.keystore

import app.passid.wallet.core.KeystoreDescription
import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.KeystoreRole
import javax.crypto.Cipher
import javax.crypto.SecretKey

/** Where the two AES keys live: Android's keystore on a phone, memory in tests. */
public interface CipherKeys {
    /** The role's key, or null where there is none. */
    public fun find(role: KeystoreRole): SecretKey?

    /** Makes the role's key. Called only where there is none. */
    public fun make(role: KeystoreRole): SecretKey

    /** Destroys the role's key; no error where there is none. */
    public fun remove(role: KeystoreRole)

    /** Whether a key of this role works only after the person showed presence for this one use. */
    public fun asksForPresence(role: KeystoreRole): Boolean

    /** What kept a key from working, in the wallet's words. */
    public fun explain(cause: Exception): KeystoreFailure

    /** What protects the keys. */
    public fun describe(): KeystoreDescription
}

/** Asks the person. The answer is a cipher that works, never the word "yes". */
public fun interface Presence {
    /**
     * Shows the system's prompt bound to [cipher] and waits; called on a thread that may block.
     *
     * @throws KeystoreFailure [KeystoreFailure.Cancelled] when the person dismissed it, [KeystoreFailure.Locked] when the system refuses
     * for now (too many tries, no screen to ask on).
     */
    public fun unlock(cipher: Cipher): Cipher
}
