package app.passid.sample

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelProvider
import androidx.lifecycle.viewModelScope
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import app.passid.wallet.Advice
import app.passid.wallet.ConsentState
import app.passid.wallet.PassidWallet
import app.passid.wallet.RequestLink
import app.passid.wallet.advice
import app.passid.wallet.android.AndroidKeys
import app.passid.wallet.android.ConsentGuard
import app.passid.wallet.android.PresencePrompt
import app.passid.wallet.android.PromptTexts
import app.passid.wallet.android.walletSettings
import app.passid.wallet.core.WalletFailure
import app.passid.wallet.keystore.CipherKeystore
import app.passid.wallet.stableCode
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Holds the wallet while the app is in front. */
class WalletModel(private val application: Application) : ViewModel(), WalletActions {
    private val shown = MutableStateFlow<Screen>(Screen.Opening)
    val screen: StateFlow<Screen> = shown

    private val opening = Mutex()
    private var wallet: PassidWallet? = null
    private var request: Job? = null
    private var asked: RequestLink? = null

    @Volatile
    private var front: Activity? = null

    fun inFront(activity: Activity) {
        front = activity
        // A link that came with the start is being followed: home does not come over it.
        if (shown.value is Screen.Opening && request?.isActive != true) home()
    }

    fun behind(activity: Activity) {
        if (front === activity) front = null
    }

    /** The app goes: the vault's key leaves memory. A prompt of the system pauses the activity but does not stop it. */
    fun putAway() {
        val working = (shown.value as? Screen.Request)?.state is ConsentState.Working
        if (working) return
        request?.cancel()
        viewModelScope.launch {
            opening.withLock { wallet?.close().also { wallet = null } }
            shown.value = Screen.Opening
        }
    }

    fun opened(link: RequestLink?) {
        if (link == null) return
        if ((shown.value as? Screen.Request)?.state is ConsentState.Working) return
        asked = link
        follow { it.review(link) }
    }

    override fun typed(code: String) {
        val link = RequestLink.parse(code)
        if (link == null) home("That is not a code.") else opened(link)
    }

    override fun approve(state: ConsentState.Asking) = follow { it.approve(state) }

    override fun lookAgain() = opened(asked)

    /** Ends the watching; [PassidWallet.approve] then cancels what can still be cancelled. */
    override fun cancel() {
        request?.cancel()
        home()
    }

    override fun decline(session: String) {
        work { shown.value = Screen.Request(it.decline(session)) }
    }

    override fun history() {
        work { shown.value = Screen.History(it.core.history()) }
    }

    override fun home() = home(null)

    private fun home(notice: String?) {
        work { showHome(it, notice) }
    }

    private suspend fun showHome(wallet: PassidWallet, notice: String? = null) {
        val credentials = try {
            wallet.core.credentials(false)
        } catch (_: WalletFailure.NotRegistered) {
            emptyList()
        }
        shown.value = Screen.Home(credentials, notice)
    }

    /** Registers where needed and begins a bank link; the browser does the rest. */
    override fun linkBank(name: String) {
        work { wallet ->
            wallet.core.register()
            val bank = wallet.core.banks().firstOrNull()
            val link = bank?.let { wallet.core.linkBank(it.id, name) }
            link?.authorizationUrl?.let(openBrowser)
            pending = link?.linkId
            showHome(wallet, if (link == null) "The issuer offers no bank." else "Come back when the bank is done.")
        }
    }

    /** After the bank: the credential. */
    override fun receive(destination: String) {
        work { wallet ->
            pending?.let { wallet.core.requestCredential(it, destination) }
            showHome(wallet)
        }
    }

    private var pending: String? = null

    private fun openBrowser(address: String) =
        application.startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(address)).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))

    private fun follow(flow: (PassidWallet) -> kotlinx.coroutines.flow.Flow<ConsentState>) {
        request?.cancel()
        request = work { wallet -> flow(wallet).collect { shown.value = Screen.Request(it) } }
    }

    private fun work(action: suspend (PassidWallet) -> Unit): Job = viewModelScope.launch {
        try {
            action(opening.withLock { wallet ?: open().also { wallet = it } })
        } catch (failure: WalletFailure) {
            shown.value = Screen.Trouble(failure.stableCode, failure.advice)
        }
    }

    private suspend fun open(): PassidWallet {
        val guard = ConsentGuard.BIOMETRIC
        val texts = { PromptTexts(title = "Share with an institution", subtitle = "Confirm that it is you", cancel = "Not now") }
        val keystore = CipherKeystore(AndroidKeys(application, guard), PresencePrompt(guard, texts) { front })
        return PassidWallet.open(walletSettings(application, BuildConfig.ISSUER, "sandbox"), keystore)
    }

    companion object {
        fun factory(application: Application): ViewModelProvider.Factory = viewModelFactory { initializer { WalletModel(application) } }
    }
}
