package app.passid.wallet

import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertNotNull

/** The issuer that mobile/android/check started. */
val ISSUER: String = checkNotNull(System.getenv("PASSID_ISSUER")?.takeIf { it.startsWith("http") }) { "run mobile/android/check" }

private val http: HttpClient = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build()

private fun send(request: HttpRequest.Builder): HttpResponse<String> = http.send(request.build(), BodyHandlers.ofString())

private fun field(json: String, name: String): String =
    assertNotNull(Regex("\"$name\"\\s*:\\s*\"([^\"]*)\"").find(json), "$name in $json").groupValues[1]

/** What the person does at the sandbox bank: agrees as one of its customers and is sent back to the issuer. */
fun agreeAtTheBank(authorizationUrl: String, customer: String) {
    val page = send(HttpRequest.newBuilder(URI(authorizationUrl))).body()
    val request = assertNotNull(Regex("name=\"request\" value=\"([^\"]*)\"").find(page)).groupValues[1]
    val form = mapOf("request" to request, "customer" to customer, "decision" to "approve")
        .map { (name, value) -> "$name=" + URLEncoder.encode(value, Charsets.UTF_8) }.joinToString("&")
    val decision = URI(authorizationUrl).resolve("authorize/decision")
    val answer = send(HttpRequest.newBuilder(decision).header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form)))
    val back = answer.headers().firstValue("location").orElseThrow()
    assertEquals(200, send(HttpRequest.newBuilder(URI(back))).statusCode())
}

/** An institution with a sandbox workspace. */
class Institution {
    private val key: String

    init {
        val name = "bank" + Random.nextLong(Long.MAX_VALUE)
        val body = """{"name": "Kotlin Bank", "email": "$name@bank.example", "password": "correct horse battery staple"}"""
        val answer = send(post("/api/institution/onboard", body))
        assertEquals(201, answer.statusCode(), answer.body())
        key = assertNotNull(Regex("sk_sandbox_[0-9A-Za-z]+").find(answer.body())).value
    }

    private fun post(path: String, body: String) =
        HttpRequest.newBuilder(URI(ISSUER + path)).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body))

    /** The identifier and the deep link of a new session. */
    fun session(permissions: List<String>): Pair<String, String> {
        val body = """{"permissions": [${permissions.joinToString { "\"$it\"" }}]}"""
        val answer = send(post("/v1/sessions", body).header("X-Institution-Key", key))
        assertEquals(201, answer.statusCode(), answer.body())
        return field(answer.body(), "requestId") to field(answer.body(), "deepLink").replace("\\u0026", "&")
    }

    fun poll(session: String): String =
        send(HttpRequest.newBuilder(URI("$ISSUER/v1/sessions/$session")).header("X-Institution-Key", key)).body()

    fun status(session: String): String = field(poll(session), "status")
}
