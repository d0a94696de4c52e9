package app.passid.wallet

import app.passid.wallet.core.KeystoreFailure
import app.passid.wallet.core.KeystoreRole
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse

class CipherKeystoreTest {
    private val keys = SoftKeys()
    private val keystore = keys.keystore
    private fun secret() = ByteArray(32) { it.toByte() }
    private val data = "passid/test".toByteArray()

    @Test
    fun `what was sealed opens for the same role and data only`() {
        val sealed = keystore.seal(KeystoreRole.VAULT, data, secret())
        assertContentEquals(secret(), keystore.open(KeystoreRole.VAULT, data, sealed))
        assertFailsWith<KeystoreFailure.Invalidated> { keystore.open(KeystoreRole.VAULT, "other".toByteArray(), sealed) }
        assertFailsWith<KeystoreFailure.Missing>("opening makes no key") { keystore.open(KeystoreRole.CONSENT, data, sealed) }
        keystore.seal(KeystoreRole.CONSENT, data, secret())
        assertFailsWith<KeystoreFailure.Invalidated> { keystore.open(KeystoreRole.CONSENT, data, sealed) }
    }

    @Test
    fun `any changed or missing byte is refused`() {
        val sealed = keystore.seal(KeystoreRole.VAULT, data, secret())
        for (index in sealed.indices) {
            val changed = sealed.copyOf().also { it[index] = (it[index].toInt() xor 1).toByte() }
            assertFailsWith<KeystoreFailure.Invalidated>("byte $index") { keystore.open(KeystoreRole.VAULT, data, changed) }
            assertFailsWith<KeystoreFailure.Invalidated>("length $index") { keystore.open(KeystoreRole.VAULT, data, sealed.copyOf(index)) }
        }
    }

    @Test
    fun `nonces differ, and the handed over copy is wiped`() {
        val handed = secret()
        val (one, other) = keystore.seal(KeystoreRole.VAULT, data, handed) to keystore.seal(KeystoreRole.VAULT, data, secret())
        assertFalse(one.contentEquals(other))
        assertContentEquals(ByteArray(32), handed)
    }

    @Test
    fun `the consent key asks each time and the vault's never`() {
        val (vault, consent) = listOf(KeystoreRole.VAULT, KeystoreRole.CONSENT).map { keystore.seal(it, data, secret()) }
        val before = keys.prompts
        repeat(3) { keystore.open(KeystoreRole.VAULT, data, vault) }
        assertEquals(before, keys.prompts)
        repeat(3) { keystore.open(KeystoreRole.CONSENT, data, consent) }
        assertEquals(before + 3, keys.prompts)
        keys.person = app.passid.wallet.keystore.Presence { throw KeystoreFailure.Cancelled() }
        assertFailsWith<KeystoreFailure.Cancelled> { keystore.open(KeystoreRole.CONSENT, data, consent) }
    }
}
