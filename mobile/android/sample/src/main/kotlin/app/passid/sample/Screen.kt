package app.passid.sample

import app.passid.wallet.Advice
import app.passid.wallet.ConsentState
import app.passid.wallet.core.CredentialRecord
import app.passid.wallet.core.HistoryRecord

/** What the app shows. */
sealed interface Screen {
    data object Opening : Screen

    data class Home(val credentials: List<CredentialRecord>, val notice: String? = null) : Screen

    /** Everything about one request. */
    data class Request(val state: ConsentState) : Screen

    /** What was shared, declined or missed, newest first. */
    data class History(val entries: List<HistoryRecord>) : Screen

    data class Trouble(val code: String, val advice: Advice) : Screen
}

/** What a person can do on the screens. The screens know nothing else of the app, so that they can be shown without one. */
interface WalletActions {
    /** Agrees to exactly what [state] shows. */
    fun approve(state: ConsentState.Asking)

    fun decline(session: String)

    /** Stops proving, while nothing was sent. */
    fun cancel()

    /** Looks the last request up again. */
    fun lookAgain()

    /** Looks up a code that was typed. */
    fun typed(code: String)

    /** Begins to link a bank, for a person of this name; the browser does the rest. */
    fun linkBank(name: String)

    /** Fetches the credential after the bank, for use in a [destination] such as `GB`. */
    fun receive(destination: String)

    fun history()

    fun home()
}
