package app.passid.sample

import android.app.Activity
import android.app.Application
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
import app.passid.wallet.core.CredentialRecord
import app.passid.wallet.core.WalletFailure
import app.passid.wallet.keystore.CipherKeystore
import app.passid.wallet.stableCode
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** What the one activity shows. */
sealed interface Screen {
    data object Opening : Screen

    data class Home(val credentials: List<CredentialRecord>, val notice: String? = null) : Screen

    /** Everything about one request. */
    data class Request(val state: ConsentState) : Screen

    data class Trouble(val code: String, val advice: Advice) : Screen
}

/** Holds the wallet while the app is in front. */
class WalletModel(private val application: Application) : ViewModel() {
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
        if (shown.value is Screen.Opening) home()
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

    fun typed(code: String) {
        val link = RequestLink.parse(code)
        if (link == null) home("That is not a code.") else opened(link)
    }

    fun approve(state: ConsentState.Asking) = follow { it.approve(state) }

    fun lookAgain() = opened(asked)

    /** Ends the watching; [PassidWallet.approve] then cancels what can still be cancelled. */
    fun cancel() {
        request?.cancel()
        home()
    }

    fun decline(session: String) = work { shown.value = Screen.Request(it.decline(session)) }

    fun home(notice: String? = null) = work { wallet ->
        val credentials = try {
            wallet.core.credentials(false)
        } catch (_: WalletFailure.NotRegistered) {
            emptyList()
        }
        shown.value = Screen.Home(credentials, notice)
    }

    /** Registers where needed and begins a bank link; the browser does the rest. */
    fun linkBank(name: String, openBrowser: (String) -> Unit) = work { wallet ->
        wallet.core.register()
        val bank = wallet.core.banks().firstOrNull()
        val link = bank?.let { wallet.core.linkBank(it.id, name) }
        link?.authorizationUrl?.let(openBrowser)
        pending = link?.linkId
        home(if (link == null) "The issuer offers no bank." else "Come back when the bank is done.")
    }

    /** After the bank: the credential. */
    fun receive(destination: String) = work { wallet ->
        pending?.let { wallet.core.requestCredential(it, destination) }
        home()
    }

    private var pending: String? = null

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
