package app.passid.sample

import app.passid.wallet.Advice
import app.passid.wallet.ConsentState
import app.passid.wallet.core.AttemptStage
import app.passid.wallet.core.ClaimRecord
import app.passid.wallet.core.CredentialRecord
import app.passid.wallet.core.HistoryRecord
import app.passid.wallet.core.PredicateRecord
import app.passid.wallet.core.ReviewRecord
import app.passid.wallet.core.SharedRecord
import app.passid.wallet.core.TextRecord

private fun text(english: String) = TextRecord("of.a.test", emptyMap(), english)

/** A request as the core words one. */
fun review(warnings: List<String> = emptyList(), obstacle: String? = null, secondsLeft: Long = 600) = ReviewRecord(
    session = "req_01",
    verifierId = "ins_01",
    verifierName = "Northern Homes Lettings",
    verifierDisplayName = if (warnings.isEmpty()) null else "Cosy Flats",
    verifierApproved = true,
    environment = "live",
    claims = listOf("That your income is verified", "How much bank data this rests on and how fresh it is, the countries and the currency")
        .map { ClaimRecord(null, text(it), "{}") },
    predicates = listOf(PredicateRecord(text("Your monthly income is at least £2,500.00"), true)),
    oneTime = true,
    expiresAt = 1_773_756_731,
    secondsLeft = secondsLeft,
    warnings = warnings.map(::text),
    obstacle = obstacle?.let(::text),
    requestHash = "hash",
)

val WARNED: ConsentState.Asking =
    ConsentState.Asking(review(listOf("The name shown for this request is not the institution's registered name.", "You are asked for your exact score.")))
val PLAIN: ConsentState.Asking = ConsentState.Asking(review())

private val CREDENTIAL = CredentialRecord("cred_01", "active", 1_773_000_000, 1_773_000_000, 1_780_000_000, "{}", listOf("OFAC SDN", "UN"))
private val HISTORY = listOf(
    HistoryRecord(2, 1_773_756_131, "session", "Northern Homes Lettings", listOf("income_verified", "identity_verified"), "shared", null),
    HistoryRecord(1, 1_773_056_131, "share", null, listOf("stability_score"), "failed", "issuer_unreachable"),
)

/** Every screen by name, with sentences a person reads there. */
val SCREENS: Map<String, Pair<Screen, List<String>>> = buildMap {
    fun request(name: String, state: ConsentState, vararg sentences: String) = put(name, Screen.Request(state) to sentences.toList())
    put("opening", Screen.Opening to listOf("Opening the wallet"))
    put("empty", Screen.Home(emptyList()) to listOf("There is no credential yet. Link a bank to get one.", "Link a bank"))
    put("home", Screen.Home(listOf(CREDENTIAL), "That is not a code.") to listOf("That is not a code.", "Credential: active; screened against OFAC SDN, UN"))
    put("history", Screen.History(HISTORY) to listOf("Northern Homes Lettings: shared", "Whoever has the code: failed", "Reason: issuer_unreachable"))
    put("history-empty", Screen.History(emptyList()) to listOf("Nothing has been asked of this wallet yet."))
    put("locked", Screen.Trouble("keystore_locked", Advice.UNLOCK) to listOf("Unlock your phone, then try again.", "keystore_locked"))
    request("loading", ConsentState.Loading, "Looking at the request")
    request("review", PLAIN, "Northern Homes Lettings", "• That your income is verified", "• Your monthly income is at least £2,500.00", "Agree", "Decline")
    request("warnings", WARNED, "calls itself Cosy Flats", "Warning: You are asked for your exact score.", "I have read this")
    request("blocked", ConsentState.Blocked(review(obstacle = "You have no credential yet. Link your bank first.")),
        "Warning: You have no credential yet. Link your bank first.", "Decline")
    request("proving", ConsentState.Working(review(), AttemptStage.PROVING), "Northern Homes Lettings", "Making the proof on this phone", "Cancel")
    request("sending", ConsentState.Working(review(), AttemptStage.SENDING), "Sending")
    request("shared", ConsentState.Shared(review(), SharedRecord("ver_01", 900u, 1_200u)), "Shared with Northern Homes Lettings.", "Done")
    request("declined", ConsentState.Declined, "Declined. Nothing was shared.")
    request("expired", ConsentState.Expired, "This request is over. Nothing was shared.")
    request("changed", ConsentState.Changed, "The request is not what you were shown. Look at it again.", "Look again")
    request("unknown", ConsentState.Unknown, "The connection broke while sending. The wallet finds out whether it arrived; it never sends twice.")
    request("failed", ConsentState.Failed("issuer_unreachable", Advice.RETRY), "That did not work. You can try again.", "issuer_unreachable", "Go on")
}
