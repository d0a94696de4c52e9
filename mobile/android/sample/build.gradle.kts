plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
    alias(libs.plugins.compose.compiler)
}

android {
    namespace = "app.passid.sample"
    compileSdk = 36
    defaultConfig {
        applicationId = "app.passid.sample"
        minSdk = 30
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
        // The issuer is part of the app, never of a link. Set it with -Ppassid.issuer=https://…
        buildConfigField("String", "ISSUER", "\"${providers.gradleProperty("passid.issuer").getOrElse("https://issuer.invalid")}\"")
    }
    // The screens, which run (and are tested) on any JVM, and what needs Android.
    sourceSets["main"].kotlin.srcDirs("src/main/kotlin", "src/android/kotlin")
    buildFeatures {
        compose = true
        buildConfig = true
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation(project(":library"))
    implementation(libs.activity.compose)
    implementation(libs.lifecycle.viewmodel)
    implementation(platform(libs.compose.bom))
    implementation(libs.compose.material3)
}
