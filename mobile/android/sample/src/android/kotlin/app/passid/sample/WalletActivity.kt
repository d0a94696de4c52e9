package app.passid.sample

import android.content.Intent
import android.os.Bundle
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import app.passid.wallet.android.requestLink

/** The one activity: links in, one screen for each state. */
class WalletActivity : ComponentActivity() {
    private val model: WalletModel by viewModels { WalletModel.factory(application) }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        // Neither screenshots nor the overview of recent apps show a person's finances; other apps' windows may not cover a decision.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        window.decorView.filterTouchesWhenObscured = true
        if (android.os.Build.VERSION.SDK_INT >= 31) window.setHideOverlayWindows(true)
        setContent {
            val screen by model.screen.collectAsState()
            WalletTheme { WalletScreen(screen, model) }
        }
        // A restored activity was given its link before.
        if (savedInstanceState == null) model.opened(intent.requestLink)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        model.opened(intent.requestLink)
    }

    override fun onResume() {
        super.onResume()
        model.inFront(this)
    }

    override fun onPause() {
        model.behind(this)
        super.onPause()
    }

    override fun onStop() {
        super.onStop()
        if (!isChangingConfigurations) model.putAway()
    }
}
