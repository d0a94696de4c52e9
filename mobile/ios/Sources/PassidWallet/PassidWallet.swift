import Foundation
import PassidWalletCore

/// The wallet of an app: opened when the app becomes active, `lock`ed when it goes (iOS ends an app suspended with a file lock).
///
/// `core` offers what has no screen of its own: banks, credentials, shares, history, backups.
public final class PassidWallet: Sendable {
    /// The core these sources were written for.
    public static let coreVersion = "0.1.0"

    public let core: MobileWallet

    private init(core: MobileWallet) {
        self.core = core
    }

    /// Opens the wallet, making it where there is none, and settles what was interrupted. Nothing that exists is deleted or overwritten.
    public static func open(settings: WalletSettings, keystore: PlatformKeystore) async throws -> PassidWallet {
        precondition(PassidWalletCore.coreVersion() == coreVersion, "the native library is of another version")
        let wallet = PassidWallet(core: try await openWallet(settings: settings, keystore: keystore))
        // Not registered yet, or offline: what is open stays open and is looked after the next time.
        _ = try? await wallet.resume()
        return wallet
    }

    /// Looks a request up.
    public func review(_ link: RequestLink) async -> ConsentState {
        do {
            let review = try await core.review(text: link.text)
            return review.obstacle == nil ? .asking(review) : .blocked(review)
        } catch {
            return Self.state(error)
        }
    }

    /// Approves exactly what the review showed. The keystore asks for the person's presence. Gives every stage and one final state. Ending
    /// the iteration cancels the attempt while it can be; what was sent is settled by `resume`.
    public func approve(_ review: ReviewRecord) -> AsyncStream<ConsentState> {
        AsyncStream { continuation in
            let handle = AttemptHandle()
            continuation.onTermination = { _ in handle.cancel() }
            // Detached: the call itself is never abandoned half way, the core decides what cancelling still can do.
            Task.detached { [core] in
                let listener = Stages { continuation.yield(.working(review, $0)) }
                do {
                    let result = try await core.approve(session: review.session, requestHash: review.requestHash, handle: handle, listener: listener)
                    continuation.yield(.shared(review, result))
                } catch {
                    continuation.yield(Self.state(error))
                }
                continuation.finish()
            }
        }
    }

    /// Declines; leave the reason out to tell nothing.
    public func decline(session: String, reason: String? = nil) async -> ConsentState {
        do {
            try await core.decline(session: session, reason: reason)
            return .declined
        } catch {
            return Self.state(error)
        }
    }

    /// Finds out what became of sharing that was interrupted: outcomes by subject. Call it after opening.
    public func resume() async throws -> [String: String] {
        try await core.resumeAttempts()
    }

    /// Closes the vault and wipes its key; the object is of no use afterwards.
    public func lock() async throws {
        try await core.lock()
    }

    private static func state(_ error: Error) -> ConsentState {
        guard let failure = error as? WalletFailure else { return .failed(code: "unexpected", advice: .report) }
        return ConsentState.of(failure)
    }
}

private final class Stages: AttemptListener {
    private let tell: @Sendable (AttemptStage) -> Void

    init(_ tell: @escaping @Sendable (AttemptStage) -> Void) {
        self.tell = tell
    }

    func onStage(stage: AttemptStage) throws {
        tell(stage)
    }
}
