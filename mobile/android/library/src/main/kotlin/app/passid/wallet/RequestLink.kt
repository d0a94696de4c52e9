package app.passid.wallet

/**
 * A request as the system hands it over: the text of a tapped link, a scanned QR image or a typed code.
 *
 * This is a sieve, not the judge: it keeps what is plainly not ours away from the wallet (and from logs). The core reads strictly.
 */
public class RequestLink private constructor(internal val text: String) {
    /** Whether it is a link rather than a code: what the system opens an app with is never a code. */
    public val isLink: Boolean get() = text.startsWith(START)

    /** A link opens a request: it does not print. */
    override fun toString(): String = "RequestLink(redacted)"

    public companion object {
        private const val START = "passid://verify-request?"
        private const val LONGEST = 2_048
        private val CODE = Regex("[0-9A-Za-z][0-9A-Za-z \\-–—]{6,14}[0-9A-Za-z]")

        /** The request in [text], or null when it is neither a request link nor the shape of a code. */
        public fun parse(text: String?): RequestLink? {
            if (text == null || text.length > LONGEST) return null
            val trimmed = text.trim()
            return if (trimmed.startsWith(START) || CODE.matches(trimmed)) RequestLink(trimmed) else null
        }
    }
}
