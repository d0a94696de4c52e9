import Foundation

/// A request as the system hands it over: a tapped link, the text of a scanned QR picture or a typed code.
///
/// A sieve, not the judge: it keeps what is plainly not ours away from the wallet (and from logs). The core reads strictly.
public struct RequestLink: Sendable, CustomStringConvertible {
    let text: String

    private static let start = "passid://verify-request?"
    private static let longest = 2_048

    /// The request in `text`, or nil when it is neither a request link nor the shape of a code.
    public init?(_ text: String?) {
        guard let text, text.utf8.count <= Self.longest else { return nil }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.hasPrefix(Self.start) || Self.isCode(trimmed) else { return nil }
        self.text = trimmed
    }

    /// The request of an address the system opened the app with: never a code.
    public init?(opened url: URL) {
        guard url.absoluteString.hasPrefix(Self.start) else { return nil }
        self.init(url.absoluteString)
    }

    /// The request of a universal link, `https://HOST/verify-request?…`, whose host is one the app is associated with.
    public init?(universal activity: NSUserActivity, host: String) {
        guard activity.activityType == NSUserActivityTypeBrowsingWeb,
              let url = activity.webpageURL,
              let parts = URLComponents(url: url, resolvingAgainstBaseURL: false),
              parts.scheme == "https", parts.host == host, parts.port == nil, parts.user == nil, parts.path == "/verify-request",
              let query = parts.percentEncodedQuery
        else { return nil }
        self.init(Self.start + query)
    }

    /// A link opens a request: it does not print.
    public var description: String { "RequestLink(redacted)" }

    private static func isCode(_ text: String) -> Bool {
        text.range(of: "^[0-9A-Za-z][0-9A-Za-z \\-–—]{6,14}[0-9A-Za-z]$", options: .regularExpression) != nil
    }
}
