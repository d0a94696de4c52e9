plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin.android)
}

android {
    namespace = "app.passid.wallet"
    compileSdk = 36
    defaultConfig {
        // Android 11: the first where a key can ask for a strong biometric or the device's code at every use.
        minSdk = 30
        consumerProguardFiles("consumer-rules.pro")
    }
    sourceSets["main"].apply {
        manifest.srcFile("src/android/AndroidManifest.xml")
        res.srcDir("src/android/res")
        // What runs on any JVM (and is tested there), what needs Android, and what mobile/android/build generates.
        kotlin.srcDirs("src/main/kotlin", "src/android/kotlin", "generated/kotlin")
        jniLibs.srcDir("generated/jniLibs")
    }
}

kotlin {
    explicitApi()
    jvmToolchain(17)
}

dependencies {
    api(libs.coroutines)
    // The AAR carries JNA's own native part for each processor.
    api(variantOf(libs.jna) { artifactType("aar") })
}
