import CryptoKit
import Foundation
import LocalAuthentication
import PassidWalletCore

/// Who can agree to a share. Fixed when the key is made.
public enum ConsentGuard: Sendable {
    /// Face or finger as enrolled now. Enrolling another ends the key: the person then restores a backup.
    case biometryAsEnrolled
    /// Face, finger or the device's code; enrolment does not end the key.
    case biometryOrDeviceCode
}

/// The wallet's keystore: two P-256 keys of the Secure Enclave.
///
/// Sealed bytes: version (1), an ephemeral public key (65, X9.63), then AES-256-GCM's nonce, ciphertext and tag. The message key is HKDF-SHA256
/// (RFC 5869) of the shared secret, bound to role and ephemeral key; the associated data is authenticated. Sealing asks nobody; opening with
/// the consent key asks for the person each time. Opening never makes a key.
public final class EnclaveKeystore: PlatformKeystore {
    private let keys: KeychainItems
    private let consentGuard: ConsentGuard
    private let reason: @Sendable () -> String

    /// `name` keeps several wallets of one app apart; `reason` is what the system's prompt says, in the person's language.
    public init(name: String = "main", consentGuard: ConsentGuard = .biometryAsEnrolled, reason: @escaping @Sendable () -> String) {
        self.keys = KeychainItems(service: "app.passid.wallet.\(name).v1")
        self.consentGuard = consentGuard
        self.reason = reason
    }

    public func seal(role: KeystoreRole, associatedData: Data, secret: Data) throws -> Data {
        try explained {
            let recipient = try key(role, context: nil) ?? make(role)
            let ephemeral = P256.KeyAgreement.PrivateKey()
            let shared = try ephemeral.sharedSecretFromKeyAgreement(with: recipient.publicKey)
            let start = Data([Form.version]) + ephemeral.publicKey.x963Representation
            let box = try AES.GCM.seal(secret, using: Form.messageKey(shared, role: role, start: start), authenticating: associatedData)
            guard let combined = box.combined else { throw KeystoreFailure.Unavailable }
            return start + combined
        }
    }

    public func open(role: KeystoreRole, associatedData: Data, sealed: Data) throws -> Data {
        try explained {
            let bytes = Data(sealed)
            guard bytes.count > Form.startBytes, bytes[0] == Form.version else { throw KeystoreFailure.Invalidated }
            let (start, rest) = (bytes.prefix(Form.startBytes), bytes.dropFirst(Form.startBytes))
            let context = LAContext()
            context.localizedReason = reason()
            // One prompt for one use: nothing of an earlier unlocking counts.
            context.touchIDAuthenticationAllowableReuseDuration = 0
            guard let own = try key(role, context: context) else { throw KeystoreFailure.Missing }
            let sender = try P256.KeyAgreement.PublicKey(x963Representation: start.dropFirst())
            let shared = try own.sharedSecretFromKeyAgreement(with: sender)
            let box = try AES.GCM.SealedBox(combined: rest)
            return try AES.GCM.open(box, using: Form.messageKey(shared, role: role, start: Data(start)), authenticating: associatedData)
        }
    }

    public func destroy(role: KeystoreRole) throws {
        try explained { try keys.remove(Form.name(role)) }
    }

    public func describe() throws -> KeystoreDescription {
        KeystoreDescription(guardedBySystem: SecureEnclave.isAvailable, asksForPresence: SecureEnclave.isAvailable)
    }

    private func key(_ role: KeystoreRole, context: LAContext?) throws -> SecureEnclave.P256.KeyAgreement.PrivateKey? {
        guard let kept = try keys.read(Form.name(role)) else { return nil }
        return try SecureEnclave.P256.KeyAgreement.PrivateKey(dataRepresentation: kept, authenticationContext: context)
    }

    private func make(_ role: KeystoreRole) throws -> SecureEnclave.P256.KeyAgreement.PrivateKey {
        guard SecureEnclave.isAvailable else { throw KeystoreFailure.Unavailable }
        var flags: SecAccessControlCreateFlags = [.privateKeyUsage]
        var accessible = kSecAttrAccessibleWhenUnlockedThisDeviceOnly
        if role == .consent {
            flags.insert(consentGuard == .biometryAsEnrolled ? .biometryCurrentSet : .userPresence)
            // Gone with the device's code: no code, no consent.
            accessible = kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly
        }
        guard let control = SecAccessControlCreateWithFlags(nil, accessible, flags, nil) else { throw KeystoreFailure.Unavailable }
        let made = try SecureEnclave.P256.KeyAgreement.PrivateKey(accessControl: control)
        // What is kept is the enclave's own wrapping of the key: of no use on another device.
        try keys.add(Form.name(role), made.dataRepresentation)
        return made
    }

    private func explained<T>(_ work: () throws -> T) throws -> T {
        do {
            return try work()
        } catch let failure as KeystoreFailure {
            throw failure
        } catch let error as LAError {
            throw Self.failure(error)
        } catch is CryptoKitError {
            throw KeystoreFailure.Invalidated
        } catch let error as NSError where error.domain == NSOSStatusErrorDomain && error.code == Int(errSecInteractionNotAllowed) {
            throw KeystoreFailure.Locked
        } catch let error as NSError where error.domain == LAError.errorDomain {
            throw Self.failure(LAError(_nsError: error))
        } catch {
            // What an error says may carry secrets: it is dropped.
            throw KeystoreFailure.Unavailable
        }
    }

    private static func failure(_ error: LAError) -> KeystoreFailure {
        switch error.code {
        case .userCancel, .appCancel, .systemCancel, .userFallback: return .Cancelled
        case .biometryLockout, .notInteractive, .authenticationFailed: return .Locked
        default: return .Unavailable
        }
    }
}

/// The form of sealed bytes.
enum Form {
    static let version: UInt8 = 1
    static let startBytes = 1 + 65

    static func name(_ role: KeystoreRole) -> String {
        switch role {
        case .vault: return "vault"
        case .consent: return "consent"
        }
    }

    static func messageKey(_ shared: SharedSecret, role: KeystoreRole, start: Data) -> SymmetricKey {
        let info = Data("passid/enclave/\(name(role))/v1".utf8)
        return shared.hkdfDerivedSymmetricKey(using: SHA256.self, salt: start, sharedInfo: info, outputByteCount: 32)
    }
}
