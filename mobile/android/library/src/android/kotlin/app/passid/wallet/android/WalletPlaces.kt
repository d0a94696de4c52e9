package app.passid.wallet.android

import android.content.Context
import android.content.Intent
import app.passid.wallet.RequestLink
import app.passid.wallet.core.WalletSettings
import java.io.File

/**
 * Settings for a wallet whose vault lies where the system backs up nothing: neither to the cloud nor to another phone. A vault without its
 * keystore key could not be opened there; moving goes by the wallet's own backup.
 */
public fun walletSettings(context: Context, issuer: String, environment: String, pins: List<String> = emptyList()): WalletSettings =
    WalletSettings(dataDirectory = File(context.noBackupFilesDir, "passid").path, issuer = issuer, environment = environment, certificatePins = pins)

/** The request an intent opened the app with, or null. Reads the address only: extras of other apps count for nothing. */
public val Intent.requestLink: RequestLink?
    get() = if (action == Intent.ACTION_VIEW) RequestLink.parse(dataString)?.takeIf { it.isLink } else null
