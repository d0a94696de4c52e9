import PassidWallet
import PassidWalletCore
import SwiftUI

/// One screen for each state of the wallet.
struct WalletScreen: View {
    @ObservedObject var model: WalletModel
    @State private var code = ""
    @State private var name = ""

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 16) {
                switch model.screen {
                case .opening: ProgressView("Opening the wallet")
                case .home(let credentials, let notice): home(credentials, notice)
                case .request(let state): ConsentScreen(state: state, model: model)
                case .history(let entries): history(entries)
                case .trouble(let code, let advice): TroubleScreen(code: code, advice: advice) { model.home() }
                }
            }
            .padding(24)
            .frame(maxWidth: .infinity, alignment: .leading)
        }
    }

    @ViewBuilder
    private func home(_ credentials: [CredentialRecord], _ notice: String?) -> some View {
        Text("Your wallet").font(.largeTitle)
        if let notice { Text(notice) }
        if credentials.isEmpty {
            Text("There is no credential yet. Link a bank to get one.")
            TextField("Your name, as your bank has it", text: $name)
            Button("Link a bank") { model.linkBank(name: name) }.disabled(name.isEmpty)
            Button("The bank is done") { model.receive(destination: "GB") }
        } else {
            ForEach(credentials, id: \.id) { credential in
                let lists = credential.sanctionsLists.isEmpty ? "no sanctions list" : credential.sanctionsLists.joined(separator: ", ")
                Text("Credential: \(credential.state); screened against \(lists)")
            }
        }
        TextField("Code of a request", text: $code).textInputAutocapitalization(.characters).autocorrectionDisabled()
        Button("Look") { model.typed(code) }.disabled(code.isEmpty)
        Button("History") { model.history() }
    }

    /// What happened: with whom, what by name, and how it ended. Values are not kept, so none are shown.
    @ViewBuilder
    private func history(_ entries: [HistoryRecord]) -> some View {
        Text("History").font(.largeTitle)
        if entries.isEmpty { Text("Nothing has been asked of this wallet yet.") }
        ForEach(entries, id: \.id) { entry in
            VStack(alignment: .leading) {
                Text("\(entry.verifier ?? "Whoever has the code"): \(words(entry.outcome))").font(.headline)
                Text(Date(timeIntervalSince1970: TimeInterval(entry.at)), style: .date)
                if !entry.permissions.isEmpty { Text(entry.permissions.map(words).joined(separator: ", ")) }
                if let reason = entry.reason { Text("Reason: \(reason)").font(.caption) }
            }
            .accessibilityElement(children: .combine)
            Divider()
        }
        Button("Back") { model.home() }
    }

    private func words(_ name: String) -> String { name.replacingOccurrences(of: "_", with: " ") }
}

/// What to do, in a sentence, for every piece of advice.
struct TroubleScreen: View {
    let code: String
    let advice: Advice
    let goOn: () -> Void

    private var sentence: String {
        switch advice {
        case .retry: return "That did not work. You can try again."
        case .nothing: return "Nothing was shared."
        case .unlock: return "Unlock your phone, then try again."
        case .restore: return "This phone can no longer open the wallet. Restore a backup."
        case .setUp: return "The wallet needs a (fresh) credential: link your bank."
        case .newRequest: return "This request cannot be answered. Ask for a new one."
        case .report: return "Something is wrong with the app. Update it, or report the code below."
        }
    }

    var body: some View {
        Text(sentence).font(.headline)
        Text(code).font(.caption)
        Button("Go on", action: goOn)
    }
}
