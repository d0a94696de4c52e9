import Foundation
import PassidWalletCore

extension WalletSettings {
    /// Settings for a wallet whose vault lies in the app's own container, out of every backup: a vault without its Secure Enclave key could
    /// not be opened elsewhere; moving goes by the wallet's own backup.
    public static func inAppContainer(issuer: String, environment: String, certificatePins: [String] = []) throws -> WalletSettings {
        let support = try FileManager.default.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var place = support.appendingPathComponent("passid", isDirectory: true)
        #if os(iOS)
        // The files are also sealed by the system while the device is locked.
        let attributes: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.complete]
        #else
        let attributes: [FileAttributeKey: Any] = [:]
        #endif
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true, attributes: attributes)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try place.setResourceValues(values)
        return WalletSettings(dataDirectory: place.path, issuer: issuer, environment: environment, certificatePins: certificatePins)
    }
}
