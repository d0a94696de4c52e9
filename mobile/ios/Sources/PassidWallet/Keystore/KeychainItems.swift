import Foundation
import PassidWalletCore
import Security

/// Small items in the keychain of this device: never synchronised, never in a backup that another device could read.
struct KeychainItems: Sendable {
    let service: String

    func read(_ name: String) throws -> Data? {
        var query = item(name)
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecItemNotFound { return nil }
        try check(status)
        return found as? Data
    }

    /// Adds; an item that is there already is an error, and stays.
    func add(_ name: String, _ value: Data) throws {
        var query = item(name)
        query[kSecValueData] = value
        query[kSecAttrAccessible] = kSecAttrAccessibleWhenUnlockedThisDeviceOnly
        try check(SecItemAdd(query as CFDictionary, nil))
    }

    func remove(_ name: String) throws {
        let status = SecItemDelete(item(name) as CFDictionary)
        if status != errSecItemNotFound { try check(status) }
    }

    private func item(_ name: String) -> [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: name, kSecAttrSynchronizable: false, kSecUseDataProtectionKeychain: true]
    }

    private func check(_ status: OSStatus) throws {
        switch status {
        case errSecSuccess: return
        case errSecInteractionNotAllowed: throw KeystoreFailure.Locked
        case errSecUserCanceled: throw KeystoreFailure.Cancelled
        default: throw KeystoreFailure.Unavailable
        }
    }
}
