import Foundation
import PassidWallet
import PassidWalletCore
import UIKit

/// What the app shows.
enum Screen {
    case opening
    case home([CredentialRecord], notice: String?)
    case request(ConsentState)
    case history([HistoryRecord])
    case trouble(code: String, advice: Advice)
}

/// Holds the wallet while the app is active.
@MainActor
final class WalletModel: ObservableObject {
    /// Part of the app, never of a link.
    static let issuer = "https://issuer.invalid"
    static let linkHost = "issuer.invalid"

    @Published private(set) var screen = Screen.opening
    private var wallet: PassidWallet?
    private var request: Task<Void, Never>?
    private var asked: RequestLink?
    private var pending: String?

    private var isWorking: Bool {
        if case .request(.working) = screen { return true }
        return false
    }

    func opened(_ link: RequestLink?) {
        guard let link, !isWorking else { return }
        asked = link
        request?.cancel()
        screen = .request(.loading)
        request = work { self.screen = .request(await $0.review(link)) }
    }

    func typed(_ code: String) {
        if let link = RequestLink(code) { opened(link) } else { home(notice: "That is not a code.") }
    }

    func approve(_ review: ReviewRecord) {
        request = work { wallet in
            for await state in wallet.approve(review) { self.screen = .request(state) }
        }
    }

    func lookAgain() { opened(asked) }

    /// Ends the watching; the core then cancels what can still be cancelled.
    func cancel() {
        request?.cancel()
        home()
    }

    func decline(_ session: String) {
        request = work { self.screen = .request(await $0.decline(session: session)) }
    }

    func home(notice: String? = nil) {
        if case .request = screen, notice == nil, isWorking { return }
        work { wallet in
            var credentials: [CredentialRecord] = []
            do { credentials = try await wallet.core.credentials(refresh: false) } catch WalletFailure.NotRegistered {}
            self.screen = .home(credentials, notice: notice)
        }
    }

    func history() {
        work { wallet in self.screen = .history(try await wallet.core.history()) }
    }

    func linkBank(name: String) {
        work { wallet in
            _ = try await wallet.core.register()
            guard let bank = try await wallet.core.banks().first else { return }
            let link = try await wallet.core.linkBank(provider: bank.id, declaredName: name)
            self.pending = link.linkId
            if let address = link.authorizationUrl.flatMap(URL.init(string:)) { await UIApplication.shared.open(address) }
        }
    }

    func receive(destination: String) {
        work { wallet in
            if let pending = self.pending { _ = try await wallet.core.requestCredential(linkId: pending, destination: destination) }
            self.home()
        }
    }

    /// The app goes: the vault's key leaves memory and the file lock is given up, with the time the system grants for it.
    func putAway() {
        guard let wallet, !isWorking else { return }
        self.wallet = nil
        request?.cancel()
        screen = .opening
        let granted = UIApplication.shared.beginBackgroundTask()
        Task {
            try? await wallet.lock()
            UIApplication.shared.endBackgroundTask(granted)
        }
    }

    @discardableResult
    private func work(_ action: @escaping @MainActor (PassidWallet) async throws -> Void) -> Task<Void, Never> {
        Task {
            do {
                try await action(try await open())
            } catch let failure as WalletFailure {
                screen = .trouble(code: failure.stableCode, advice: failure.advice)
            } catch {
                screen = .trouble(code: "unexpected", advice: .report)
            }
        }
    }

    private func open() async throws -> PassidWallet {
        if let wallet { return wallet }
        let settings = try WalletSettings.inAppContainer(issuer: Self.issuer, environment: "sandbox")
        let keystore = EnclaveKeystore { "Confirm that you want to share" }
        let opened = try await PassidWallet.open(settings: settings, keystore: keystore)
        wallet = opened
        return opened
    }
}
