import PassidWalletCore

/// Everything a consent screen can show. One screen per state; the sample has them all.
public enum ConsentState: Equatable, Sendable {
    /// The request is being looked up.
    case loading
    /// The person decides. While there are warnings, approval is never pre-selected.
    case asking(ReviewRecord)
    /// Approving would fail, for the reason in the review's obstacle; declining works.
    case blocked(ReviewRecord)
    /// Proving and sending. Cancelling works until `.sending`.
    case working(ReviewRecord, AttemptStage)
    /// Shared.
    case shared(ReviewRecord, SharedRecord)
    /// The person declined.
    case declined
    /// The time to answer is over.
    case expired
    /// The request is not what was shown: it must be looked at again.
    case changed
    /// It is not known whether it arrived; call `resume` later, and approve nothing meanwhile.
    case unknown
    /// It did not happen, and nothing was shared.
    case failed(code: String, advice: Advice)

    static func of(_ failure: WalletFailure) -> ConsentState {
        switch failure.stableCode {
        case "request_changed": return .changed
        case "request_expired", "request_not_found": return .expired
        case "outcome_unknown": return .unknown
        default: return .failed(code: failure.stableCode, advice: failure.advice)
        }
    }
}
