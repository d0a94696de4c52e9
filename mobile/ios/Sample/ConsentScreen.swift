import PassidWallet
import PassidWalletCore
import SwiftUI

private var language: WalletLanguage { languageOfLocale(locale: Locale.current.identifier) }

private func said(_ text: TextRecord) -> String { say(text: text, language: language) }

/// In words as well as in colour.
private func warning(_ text: TextRecord) -> some View { Text("Warning: \(said(text))").foregroundColor(.red) }

/// Every state a request can be in; the compiler sees that none is missing.
struct ConsentScreen: View {
    let state: ConsentState
    @ObservedObject var model: WalletModel

    var body: some View {
        switch state {
        case .loading: ProgressView("Looking at the request")
        case .asking(let review): Asking(review: review, model: model).id(review.requestHash)
        case .blocked(let review):
            Request(review: review)
            if let obstacle = review.obstacle { warning(obstacle) }
            Button("Decline") { model.decline(review.session) }
        case .working(_, let stage):
            Text(title(stage)).font(.headline)
            ProgressView()
            if stage != .sending { Button("Cancel") { model.cancel() } }
        case .shared(let review, _): ended("Shared with \(review.verifierName).")
        case .declined: ended("Declined. Nothing was shared.")
        case .expired: ended("This request is over. Nothing was shared.")
        case .changed:
            Text("The request is not what you were shown. Look at it again.").font(.headline)
            Button("Look again") { model.lookAgain() }
        case .unknown: ended("The connection broke while sending. The wallet finds out whether it arrived; it never sends twice.")
        case .failed(let code, let advice):
            TroubleScreen(code: code, advice: advice) { if advice == .retry { model.lookAgain() } else { model.home() } }
        }
    }

    @ViewBuilder
    private func ended(_ sentence: String) -> some View {
        Text(sentence).font(.headline)
        Button("Done") { model.home() }
    }

    private func title(_ stage: AttemptStage) -> String {
        switch stage {
        case .preparing: return "Preparing"
        case .checking: return "Checking your credential"
        case .proving: return "Making the proof on this phone"
        case .verifying: return "Checking the proof"
        case .sending: return "Sending"
        }
    }
}

private struct Asking: View {
    let review: ReviewRecord
    @ObservedObject var model: WalletModel
    @State private var ticked = false
    @State private var left: Int64 = 0

    var body: some View {
        Request(review: review)
        ForEach(review.warnings, id: \.key) { warning($0) }
        // A warning has to be ticked off first, for this very request.
        if !review.warnings.isEmpty { Toggle("I have read this", isOn: $ticked) }
        Text((left > 0 ? "Time left: " : "") + formatCountdown(seconds: left, language: language))
            .task {
                left = review.secondsLeft
                while left > 0, (try? await Task.sleep(nanoseconds: 1_000_000_000)) != nil { left -= 1 }
            }
        HStack {
            Button("Decline") { model.decline(review.session) }
            Button("Agree") { model.approve(review) }.disabled(left <= 0 || !(review.warnings.isEmpty || ticked))
        }
    }
}

private struct Request: View {
    let review: ReviewRecord

    var body: some View {
        Text(review.verifierName).font(.largeTitle)
        if let other = review.verifierDisplayName { Text("calls itself \(other)") }
        Text("would learn").font(.headline)
        ForEach(review.claims, id: \.text.key) { Text("• " + said($0.text)) }
        if !review.predicates.isEmpty {
            Divider()
            Text("would see proved, without the number").font(.headline)
            ForEach(review.predicates, id: \.text.english) { Text("• " + said($0.text)) }
        }
    }
}
