import PassidWalletCore

/// What an app can do about a failure.
public enum Advice: Equatable, Sendable {
    /// Try the same again, now or when there is a network.
    case retry
    /// Do nothing until the person asks again.
    case nothing
    /// Ask the person to unlock the device.
    case unlock
    /// Offer the restoration of a backup; never delete the vault.
    case restore
    /// Register, or link a bank for a (fresh) credential.
    case setUp
    /// Ask the institution for a new request.
    case newRequest
    /// Update the app or report it: this should not be.
    case report
}

extension WalletFailure {
    /// The stable code of a failure.
    public var stableCode: String {
        switch self {
        case .Keystore(let code, _), .Vault(let code, _), .Issuer(let code, _, _), .NotRegistered(let code, _), .Credential(let code, _),
             .Request(let code, _), .Consent(let code, _), .Presentation(let code, _), .Share(let code, _), .Backup(let code, _), .Input(let code, _):
            return code
        }
    }

    /// What to do about a failure.
    public var advice: Advice {
        switch self {
        case .Keystore(let code, _):
            switch code {
            case "keystore_locked": return .unlock
            case "keystore_cancelled": return .nothing
            case "keystore_invalidated", "keystore_missing": return .restore
            default: return .retry
            }
        case .Vault(let code, _):
            switch code {
            case "vault_damaged", "vault_missing", "vault_key_file_missing", "vault_key_file_damaged", "vault_wrong_key": return .restore
            case "vault_in_use", "vault_closed", "storage_full": return .retry
            default: return .report
            }
        case .Issuer(let code, _, _):
            switch code {
            case "issuer_unreachable", "issuer_status", "unavailable", "rate_limited": return .retry
            default: return .report
            }
        case .NotRegistered, .Credential: return .setUp
        case .Request(let code, _): return code == "clock_wrong" ? .setUp : .newRequest
        case .Consent: return .retry
        case .Presentation(let code, _): return code == "cancelled" ? .nothing : .retry
        case .Share: return .nothing
        case .Backup(let code, _): return code == "backup_wrong_passphrase" ? .retry : .nothing
        case .Input: return .report
        }
    }
}
