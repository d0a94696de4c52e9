import PassidWallet
import SwiftUI

@main
struct WalletApp: App {
    @StateObject private var model = WalletModel()
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            WalletScreen(model: model)
                // The picture iOS keeps of an app that goes shows no finances.
                .overlay { if phase != .active { Color(.systemBackground).ignoresSafeArea() } }
                .onOpenURL { model.opened(RequestLink(opened: $0)) }
                .onContinueUserActivity(NSUserActivityTypeBrowsingWeb) { model.opened(RequestLink(universal: $0, host: WalletModel.linkHost)) }
        }
        .onChange(of: phase) { now in
            if now == .background { model.putAway() }
            if now == .active { model.home() }
        }
    }
}
