// Made from api/openapi.json by `npm run generate`. Do not edit.

export interface components {
    schemas: {
        /** @description What the holder consented to disclose. A claim that was not disclosed is absent. */
        Claims: {
            /** @description Age of the oldest account, whole months. */
            account_age_months?: number;
            /** @description How far the data supports the score. */
            confidence?: number | null;
            /**
             * @description From where to where.
             * @example KE→GB
             */
            corridor: string;
            /** @description ISO 4217, of every amount. */
            currency: string;
            /** @description Days of bank data considered. */
            data_window_days: number;
            /**
             * @description The level of fraud signals.
             * @enum {string}
             */
            fraud_risk?: "low" | "medium" | "high";
            /** @description The bank data was at most this old when it was presented, hours. */
            freshness_hours: number;
            /** @description Upper end of the score's interval. */
            fsi_high?: number | null;
            /** @description Lower end of the score's interval. */
            fsi_low?: number | null;
            /** @description The financial stability score; null when there was too little data. */
            fsi_score?: number | null;
            /** @description Identity is confirmed and fraud signals are low. */
            identity_and_fraud_checks_passed?: boolean;
            /** @description The bank confirmed the holder's identity. */
            identity_verified?: boolean;
            /**
             * @description Monthly income between two bounds, for people; null when income is not verified.
             * @example £3,000–4,000/mo
             */
            income_band?: string | null;
            /** @description Minor units a month; never disclosed by a permission. */
            income_monthly?: number;
            /** @description A regular income was found. */
            income_verified?: boolean;
            /** @description Accounts considered. */
            linked_accounts: number;
            /** @description The modelled probability of stability. */
            p_stable?: number | null;
            /** @description Enough recurring bills were found to judge by. */
            payment_behavior_verified?: boolean;
            /** @description Share of recurring bills paid in time. */
            payment_reliability?: number;
            /** @description The same claim under the integration guide's name. */
            sanctions_clear?: boolean;
            /** @description No match on the screened lists of OFAC, EU and UN. */
            sanctions_screening_clear?: boolean;
            /** @description Enough months were found to judge saving by. */
            savings_behavior_verified?: boolean;
            /** @description How consistently money is put aside. */
            savings_consistency?: number;
            /**
             * @description The score's band: A from 780, B from 700, C from 620, D below.
             * @enum {string|null}
             */
            tier?: "A" | "B" | "C" | "D" | null;
        };
        /**
         * @description How much a verification confirmed, of six things: identity, income, sanctions, payments, savings, identity and fraud checks.
         *
         *     - `high`: All six.
         *     - `partial`: Three to five.
         *     - `minimal`: Two or fewer.
         * @enum {string}
         */
        CoverageLevel: "high" | "partial" | "minimal";
        /** @description `POST /v1/sessions`. */
        CreateSession: {
            /** @description Shown beside the workspace's own name; defaults to it. */
            institutionName?: string | null;
            /** @description What to ask for; everything when left out. */
            permissions?: components["schemas"]["PermissionSet"] | null;
            /** @description Facts to ask for without the claim. */
            predicates?: components["schemas"]["Predicate"][];
            /**
             * Format: uint32
             * @description Seconds to live, 30 to 3,600; 600 when left out.
             */
            ttlSeconds?: number | null;
        };
        /**
         * @description What the credential is worth.
         *
         *     - `active`: It can be relied on.
         *     - `expired`: It, or the token, is past its end.
         *     - `revoked`: It, or the token, was withdrawn.
         *     - `invalid`: It cannot be relied on.
         * @enum {string}
         */
        CredentialVerdict: "active" | "expired" | "revoked" | "invalid";
        /**
         * @description The exact reason of a refusal.
         *
         *     - `SIGNATURE_INVALID`: The issuer's signature does not verify.
         *     - `PROOF_INVALID`: The proof does not verify.
         *     - `TOKEN_EXPIRED`: The token is past its end; ask for another.
         *     - `CREDENTIAL_STALE`: The bank data is too old or the credential has ended.
         *     - `TOKEN_REVOKED`: The holder withdrew the token.
         *     - `CREDENTIAL_REVOKED`: The credential was revoked.
         *     - `TOKEN_NOT_FOUND`: No such token; ask for another.
         *     - `TOKEN_ALREADY_USED`: It was redeemed before.
         *     - `INSTITUTION_MISMATCH`: It was made for another institution.
         *     - `HARD_DENY_SANCTIONS_MATCH`: Do not proceed.
         * @enum {string}
         */
        DenyReason: "SIGNATURE_INVALID" | "PROOF_INVALID" | "TOKEN_EXPIRED" | "CREDENTIAL_STALE" | "TOKEN_REVOKED" | "CREDENTIAL_REVOKED" | "TOKEN_NOT_FOUND" | "TOKEN_ALREADY_USED" | "INSTITUTION_MISMATCH" | "HARD_DENY_SANCTIONS_MATCH";
        /**
         * @description Which world a key, a credential or a session belongs to. Nothing crosses from one to the other.
         *
         *     - `sandbox`: Invented people and banks; free to break.
         *     - `live`: Real people; gated until the operator approves a workspace.
         * @enum {string}
         */
        Environment: "sandbox" | "live";
        /**
         * @description What happened.
         *
         *     - `verification.completed`: A token or session was verified.
         *     - `verification.failed`: A token was refused.
         *     - `outcome.reported`: An outcome was reported.
         *     - `webhook.test`: A manual ping.
         * @enum {string}
         */
        EventKind: "verification.completed" | "verification.failed" | "outcome.reported" | "webhook.test";
        /**
         * @description `GET /v1/verifications/{id}/evidence`.
         *
         *     The proof is checked against `public_signals`, which follow from `statement`; `head` is signed with one of `issuer_keys` and
         *     holds the root that `statement` names.
         */
        EvidenceBundle: {
            /** @description What the person agreed to, hashed to what the proof is bound to: environment, purpose, permissions, predicates, end. */
            agreement?: {
                [key: string]: unknown;
            };
            /** @description The signed tree head, compact JWS of type `passid-head+jwt`. */
            head: string;
            /** @description The issuer's keys. Check them against `/.well-known/jwks.json` or a copy of your own. */
            issuer_keys: components["schemas"]["KeySet"];
            /** @description The compressed proof, 128 bytes, base64url. */
            proof: string;
            /** @description The statement as the circuit's public signals, decimal field elements. */
            public_signals: string[];
            /** @description The public statement: root, context, disclosed claims by slot, predicates, times, nullifier, applicant reference. */
            statement: {
                [key: string]: unknown;
            };
            /** @description The verification it belongs to. */
            verification_id: components["schemas"]["VerificationId"];
        };
        /** @description One field that is wrong. */
        FieldError: {
            /** @description A word for the mistake, such as `invalid` or `missing`. */
            code: string;
            /** @description What to do about it. */
            message: string;
            /** @description JSON pointer (RFC 6901) to the field. */
            pointer: string;
        };
        /** @description How fresh the claims are. */
        Freshness: {
            /**
             * Format: date-time
             * @description Until when the credential is proved to last.
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description When the signed tree head behind the proof was made: up to then the credential was not revoked.
             */
            head_timestamp?: string;
            /**
             * Format: uint64
             * @description The bank data was at most this old when it was verified, hours.
             */
            hours_at_verification: number;
            /**
             * Format: uint64
             * @description It is at most this old now, hours.
             */
            hours_now: number;
            /** @description Whether that has passed, or the data is older than the policy allows. */
            stale: boolean;
        };
        /**
         * @description What an issuer key signs.
         *
         *     - `credential`: Credentials and tree heads.
         *     - `access`: Access tokens.
         *     - `audit`: Checkpoints of audit logs.
         * @enum {string}
         */
        KeyPurpose: "credential" | "access" | "audit";
        /** @description The document under `/.well-known/jwks.json` (RFC 7517, section 5). */
        KeySet: {
            /** @description Keys in use, and those whose documents are still valid. */
            keys: components["schemas"]["PublicKey"][];
        };
        /**
         * @description The comparison of a claim with a bound.
         *
         *     - `>=`: The claim is at least the bound.
         *     - `<=`: The claim is at most the bound.
         *     - `=`: The claim equals the bound.
         *     - `!=`: The claim differs from the bound.
         * @enum {string}
         */
        Operator: ">=" | "<=" | "=" | "!=";
        /**
         * @description An outcome an institution reported.
         * @example out_01hzk3vw0kg9qm2x7r4c8t5y6d
         */
        OutcomeId: string;
        /**
         * @description What became of the applicant.
         *
         *     - `repaid`: The loan was repaid in full, on schedule.
         *     - `no_default`: Still active, no missed payment to date.
         *     - `delinquent`: 30 days and more past due, not yet defaulted.
         *     - `defaulted`: 90 days and more past due, or written off.
         *     - `fraud_confirmed`: Fraud in the application or the identity is confirmed.
         *     - `account_closed`: The institution closed the account for another reason.
         *     - `other`: None of these; say what in `notes`.
         * @enum {string}
         */
        OutcomeKind: "repaid" | "no_default" | "delinquent" | "defaulted" | "fraud_confirmed" | "account_closed" | "other";
        /** @description An outcome as recorded. Coverage and score are those of the verification, whatever the caller believes. */
        OutcomeRecorded: {
            /** @description How much the verification confirmed. */
            coverage: components["schemas"]["CoverageLevel"];
            /**
             * Format: uint16
             * @description The score at the verification, where it was disclosed.
             */
            fsi_score?: number;
            /** @description What became of the applicant. */
            outcome: components["schemas"]["OutcomeKind"];
            /** @description Its identifier. */
            outcome_id: components["schemas"]["OutcomeId"];
            /**
             * Format: date-time
             * @description When it was reported.
             */
            reported_at: string;
            /** @description The score's band. */
            tier?: components["schemas"]["Tier"];
            /** @description The verification it is about. */
            verification_id: components["schemas"]["VerificationId"];
        };
        /** @description Answer to `POST /v1/package`. */
        Package: {
            /** @description The same holder at this institution, and only there. */
            applicant_ref?: string;
            /** @description The verification's identifier, for the institution's file. */
            audit_id: components["schemas"]["VerificationId"];
            /** @description What the holder consented to. */
            claims: components["schemas"]["Claims"];
            /** @description Where the evidence is: check the claims without trusting the server. */
            evidence: string;
            /** @description How fresh the claims are. */
            freshness: components["schemas"]["Freshness"];
            /**
             * Format: uint64
             * @description The bank data was at most this old when it was verified, hours; also in `freshness`.
             */
            freshness_hours: number;
            /** @description The institution's own name for the application. */
            institution_reference?: string;
            /** @description The model behind the score. */
            model_version: string;
            /**
             * Format: date-time
             * @description When this document was made.
             */
            packaged_at: string;
            /** @description The policy applied. */
            policy_version: string;
            /** @description Facts proved without the claim. */
            predicates: components["schemas"]["Predicate"][];
            /** @description The proof's part. */
            proof?: components["schemas"]["ProofSummary"];
            /** @description What they rest on. */
            provenance: components["schemas"]["Provenance"];
            /** @description The signature's part. */
            signature?: components["schemas"]["SignatureSummary"];
            /**
             * Format: date-time
             * @description When the verification ran.
             */
            verified_at: string;
        };
        /** @description `POST /v1/package`. */
        PackageRequest: {
            /** @description The institution's own name for the application; the one given at the verification when left out. */
            institutionRef?: string | null;
            /** @description The token that was verified; for a session, its `verification_id`. */
            token: string;
        };
        /**
         * @description What is asked for or disclosed.
         *
         *     - `identity_verified`: Your identity is confirmed by your bank
         *     - `income_verified`: Your income is confirmed, as a range
         *     - `sanctions_clear`: You are on no screened sanctions list
         *     - `payment_reliability`: How reliably you pay recurring bills
         *     - `savings_consistency`: How consistently you save
         *     - `fraud_risk`: The result of identity and fraud checks
         *     - `full_score`: Your financial stability score
         *     - `verified_credential_summary`: in requests, all of these but `full_score`
         */
        PermissionSet: ("identity_verified" | "income_verified" | "sanctions_clear" | "payment_reliability" | "savings_consistency" | "fraud_risk" | "full_score" | "verified_credential_summary")[];
        /** @description One comparison, on the claim's own encoding (money in minor units). */
        Predicate: {
            /**
             * Format: uint64
             * @description The bound, below 2^48.
             */
            bound: number;
            /** @description The claim compared. */
            claim: components["schemas"]["Slot"];
            /** @description The comparison. */
            operator: components["schemas"]["Operator"];
        };
        /** @description The body of a failed request, `application/problem+json`. */
        Problem: {
            /** @description The closed code. */
            code: components["schemas"]["ProblemCode"];
            /** @description What happened this time. */
            detail: string;
            /** @description Fields that are wrong. */
            errors?: components["schemas"]["FieldError"][];
            /**
             * @description Quote it when asking for help.
             * @default
             */
            request_id: string;
            /**
             * Format: uint32
             * @description Seconds after which to try again; also in `Retry-After`.
             */
            retry_after?: number;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description The code's sentence. */
            title: string;
            /** @description Address of the page about the code. */
            type: string;
        };
        /**
         * @description What went wrong, in a word that never changes meaning.
         *
         *     - `malformed_request`: Correct the fields listed in `errors`.
         *     - `unauthenticated`: Send a key, or a fresh access token.
         *     - `wrong_key_kind`: Use a key of the right kind or environment.
         *     - `role_not_allowed`: Ask an owner of the workspace to do it, or to give you another role.
         *     - `origin_not_allowed`: Register the page's origin with the workspace, or call from your server with the secret key.
         *     - `live_mode_not_enabled`: Ask the operator to approve the workspace.
         *     - `not_found`: Nothing the caller may see is there.
         *     - `method_not_allowed`: Use a method the resource has.
         *     - `conflict`: It already exists, or is in another state; read it before trying again.
         *     - `request_in_progress`: Wait for the first request with this idempotency key to end.
         *     - `gone`: The session is over; create another.
         *     - `body_too_large`: Send less.
         *     - `unsupported_media_type`: Send JSON.
         *     - `idempotency_key_reused`: Use a new idempotency key for another request.
         *     - `stale_head`: Prove again with a fresh head and path.
         *     - `proof_invalid`: Do not retry: the proof does not prove what was agreed.
         *     - `presentation_replayed`: The presentation was accepted before; do not send it again.
         *     - `credential_not_valid`: The credential is no longer valid; refresh it.
         *     - `sanctions_match`: The holder matches a sanctions list; no credential is issued or relied on.
         *     - `bank_link_not_ready`: Finish linking the bank, or link it again.
         *     - `bank_unavailable`: Try again later; the bank did not answer as it should.
         *     - `rate_limited`: Slow down; see `Retry-After`.
         *     - `internal`: Try again; report the request id if it persists.
         *     - `unavailable`: Try again shortly.
         * @enum {string}
         */
        ProblemCode: "malformed_request" | "unauthenticated" | "wrong_key_kind" | "role_not_allowed" | "origin_not_allowed" | "live_mode_not_enabled" | "not_found" | "method_not_allowed" | "conflict" | "request_in_progress" | "gone" | "body_too_large" | "unsupported_media_type" | "idempotency_key_reused" | "stale_head" | "proof_invalid" | "presentation_replayed" | "credential_not_valid" | "sanctions_match" | "bank_link_not_ready" | "bank_unavailable" | "rate_limited" | "internal" | "unavailable";
        /** @description The proof's part in an answer. */
        ProofSummary: {
            /** @description The circuit's name. */
            circuit: string;
            /** @description `verified`, or `invalid`. */
            status: string;
            /** @description `groth16/bn254`. */
            type: string;
        };
        /** @description What the claims rest on, kept at the verification. */
        Provenance: {
            /** @description Who took part in making the circuit's keys; `development` means one party. */
            ceremony: string;
            /** @description The circuit of the proof. */
            circuit: string;
            /** @description The claim schema. */
            claim_schema: string;
            /**
             * Format: date-time
             * @description The bank data was read at or after this.
             */
            data_not_before: string;
            /**
             * Format: uint32
             * @description Days of bank data considered.
             */
            data_window_days: number;
            /** @description The issuer that derived the claims. */
            issuer: string;
            /**
             * Format: uint32
             * @description Accounts considered.
             */
            linked_accounts: number;
            /** @description The model behind the score. */
            model_version: string;
            /** @description The policy applied. */
            policy: components["schemas"]["VerifierPolicy"];
            /** @description The kind of source. */
            source: components["schemas"]["SourceKind"];
        };
        /** @description A public key as published under `/.well-known/jwks.json` (RFC 8037, section 2). */
        PublicKey: {
            /** @description Always `EdDSA`. */
            alg: string;
            /** @description Always `Ed25519`. */
            crv: string;
            /** @description The key's name: its RFC 7638 thumbprint. */
            kid: string;
            /** @description Always `OKP`. */
            kty: string;
            /** @description The environment whose documents it signs. */
            passid_environment: components["schemas"]["Environment"];
            /** @description What it signs. */
            passid_purpose: components["schemas"]["KeyPurpose"];
            /** @description Always `sig`. */
            use: string;
            /** @description The 32 bytes of the key, base64url. */
            x: string;
        };
        /**
         * @description The class of a refusal.
         *
         *     - `invalid_signature`: Signature or proof does not verify.
         *     - `credential_expired`: Past its end or not fresh enough.
         *     - `credential_revoked`: Withdrawn.
         *     - `invalid_token`: The token does not resolve for this institution.
         *     - `sanctions_match`: The holder matches a sanctions list.
         * @enum {string}
         */
        ReasonCode: "invalid_signature" | "credential_expired" | "credential_revoked" | "invalid_token" | "sanctions_match";
        /** @description `POST /v1/outcome`. */
        ReportOutcome: {
            /**
             * Format: double
             * @description The amount at stake in US dollars, with at most two decimals.
             */
            amountUsd?: number | null;
            /** @description At most 1,000 characters. */
            notes?: string | null;
            /**
             * Format: uint32
             * @description Days over which the applicant was observed; the days since the verification when left out.
             */
            observationDays?: number | null;
            /** @description What became of the applicant. */
            outcome: components["schemas"]["OutcomeKind"];
            /** @description The institution's name for the product; at most 80 characters. */
            productType?: string | null;
            /** @description The token that was verified; for a session, its `verification_id`. */
            token: string;
        };
        /**
         * @description A signature that must verify before a presentation is accepted.
         *
         *     - `tree_head`: The issuer's Ed25519 signature over the tree head whose root the proof is for.
         * @enum {string}
         */
        RequiredSignature: "tree_head";
        /**
         * @description Eight symbols, 40 bits, that name a pending session for as long as it lives.
         * @example AB3X-7YQM
         */
        SessionCode: string;
        /** @description A session as its creator first sees it. */
        SessionCreated: {
            /** @description Lets the browser that created the session poll it; shown once. */
            client_secret: string;
            /** @description For typing into the wallet. */
            code: components["schemas"]["SessionCode"];
            /** @description For the QR image and for phones. */
            deepLink: string;
            /** @description Sandbox or live. */
            environment: components["schemas"]["Environment"];
            /**
             * Format: date-time
             * @description When it ends.
             */
            expiresAt: string;
            /** @description What is asked for. */
            permissions: components["schemas"]["PermissionSet"];
            /** @description Poll it under this identifier. */
            requestId: components["schemas"]["SessionId"];
            /** @description Always pending. */
            status: components["schemas"]["SessionState"];
        };
        /**
         * @description An institution's request to one applicant.
         * @example req_01hzk3vw0kg9qm2x7r4c8t5y6d
         */
        SessionId: string;
        /**
         * @description Where a session stands.
         *
         *     - `pending`: Waiting for the holder.
         *     - `completed`: The holder shared.
         *     - `declined`: The holder declined.
         *     - `expired`: Nobody answered in time.
         * @enum {string}
         */
        SessionState: "pending" | "completed" | "declined" | "expired";
        /** @description `GET /v1/sessions/{id}`. */
        SessionView: {
            /** @description The same holder at this institution, and only there. */
            applicant_ref?: string;
            /** @description What the holder consented to. */
            claims?: components["schemas"]["Claims"];
            /** @description Why the holder declined, when they said. */
            decline_reason?: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expiresAt: string;
            /** @description What was asked for. */
            permissions: components["schemas"]["PermissionSet"];
            /** @description Facts asked for; all hold when the session is completed. */
            predicates?: components["schemas"]["Predicate"][];
            /** @description The proof's part. */
            proof?: components["schemas"]["ProofSummary"];
            /** @description Its identifier. */
            requestId: components["schemas"]["SessionId"];
            /** @description Where it stands. */
            status: components["schemas"]["SessionState"];
            /** @description The verification behind the claims. */
            verification_id?: components["schemas"]["VerificationId"];
            /**
             * Format: date-time
             * @description When the holder shared.
             */
            verifiedAt?: string;
        };
        /** @description The signature's part in an answer. */
        SignatureSummary: {
            /** @description `ed25519`. */
            algorithm: string;
            /** @description The issuer's key that signed the tree head. */
            key_id: string;
            /** @description `verified`, or `invalid`. */
            status: string;
        };
        /**
         * @description A claim's place in the credential.
         *
         *     - `identity_verified`: 0 or 1.
         *     - `income_verified`: 0 or 1.
         *     - `income_band`: Lower and upper bound, whole units of the credential currency, 24 bits each.
         *     - `income_monthly`: Minor units a month; never disclosed, exists for predicates.
         *     - `sanctions_screening_clear`: 0 or 1.
         *     - `payment_behavior_verified`: 0 or 1.
         *     - `payment_reliability`: Parts per million.
         *     - `savings_behavior_verified`: 0 or 1.
         *     - `savings_consistency`: Hundredths, 0 to 10,000.
         *     - `identity_and_fraud_checks_passed`: 0 or 1.
         *     - `fraud_risk`: 0 low, 1 medium, 2 high.
         *     - `fsi_score`: 300 to 900; 0 when not scored.
         *     - `fsi_detail`: Range, tier, confidence and probability of stability, packed.
         *     - `data_window`: Days of data and number of linked accounts, packed.
         *     - `corridor`: Two countries and a currency, letters of five bits.
         *     - `account_age_months`: Whole months.
         * @enum {string}
         */
        Slot: "identity_verified" | "income_verified" | "income_band" | "income_monthly" | "sanctions_screening_clear" | "payment_behavior_verified" | "payment_reliability" | "savings_behavior_verified" | "savings_consistency" | "identity_and_fraud_checks_passed" | "fraud_risk" | "fsi_score" | "fsi_detail" | "data_window" | "corridor" | "account_age_months";
        /**
         * @description From which kind of source the claims were derived.
         *
         *     - `open_banking`: Account information read from the holder's bank with the holder's consent (open banking).
         *     - `sandbox_bank`: Invented accounts of the sandbox bank.
         * @enum {string}
         */
        SourceKind: "open_banking" | "sandbox_bank";
        /**
         * @description The score's band: A from 780, B from 700, C from 620, D below.
         *
         *     - `A`: 780 and more.
         *     - `B`: 700 to 779.
         *     - `C`: 620 to 699.
         *     - `D`: Below 620.
         * @enum {string}
         */
        Tier: "A" | "B" | "C" | "D";
        /**
         * @description One run of the verifier.
         * @example vrf_01hzk3vw0kg9qm2x7r4c8t5y6d
         */
        VerificationId: string;
        /** @description One line of `GET /v1/institution/verifications`. */
        VerificationSummary: {
            /** @description The same holder at this institution, and only there. */
            applicant_ref?: string;
            /** @description How much it confirmed. */
            coverage?: components["schemas"]["CoverageLevel"];
            /** @description Whether the claims can be relied on. */
            credential_valid: boolean;
            /** @description Exact reason of the refusal. */
            deny_reason?: components["schemas"]["DenyReason"];
            /** @description Sandbox or live. */
            environment: components["schemas"]["Environment"];
            /**
             * Format: uint16
             * @description The score, where it was disclosed.
             */
            fsi_score?: number;
            /** @description The institution's own name for the application. */
            institution_reference?: string;
            /** @description What was reported to have become of the applicant. */
            outcome?: components["schemas"]["OutcomeKind"];
            /** @description The session it answered; none when a token or code was redeemed. */
            request_id?: components["schemas"]["SessionId"];
            /** @description The score's band. */
            tier?: components["schemas"]["Tier"];
            /** @description The run's identifier. */
            verification_id: components["schemas"]["VerificationId"];
            /**
             * Format: date-time
             * @description When it ran.
             */
            verified_at: string;
        };
        /** @description Part of a list, newest first unless said otherwise. */
        VerificationSummaryPage: {
            /** @description The entries. */
            data: components["schemas"]["VerificationSummary"][];
            /** @description Whether there are more. */
            has_more: boolean;
            /** @description Send it as `after` to get them. */
            next_cursor?: string;
        };
        /** @description A policy. Its version is in every answer that rests on it; another policy takes another version. */
        VerifierPolicy: {
            /**
             * Format: uint32
             * @description Seconds by which a wallet's clock may differ from the server's.
             */
            max_clock_skew_seconds: number;
            /**
             * Format: uint32
             * @description Seconds the bank data may be old when a presentation is relied on.
             */
            max_data_age_seconds: number;
            /**
             * Format: uint32
             * @description Seconds a tree head may be old although credentials were revoked since, so that a busy tree does not starve honest wallets.
             */
            max_head_age_seconds: number;
            /** @description Signatures that must verify. */
            required_signatures: components["schemas"]["RequiredSignature"][];
            /** @description Its name. */
            version: string;
        };
        /** @description `POST /v1/verify`, `POST /api/v1/bridge/verify`. */
        VerifyRequest: {
            /** @description The institution's own name for the application; at most 200 characters. */
            institution_reference?: string | null;
            /** @description A `PASSID-` token or a 12-character code; spaces, case and dashes do not matter. */
            token: string;
        };
        /** @description The answer of the verifier. Fields that only a valid credential has are absent otherwise. */
        VerifyResponse: {
            /** @description The same holder at this institution, and only there. */
            applicant_ref?: string;
            /** @description What the holder consented to. */
            claims?: components["schemas"]["Claims"];
            /** @description What the credential is worth. */
            credential_status: components["schemas"]["CredentialVerdict"];
            /** @description Whether the claims can be relied on. */
            credential_valid: boolean;
            /** @description Exact reason of the refusal. */
            deny_reason?: components["schemas"]["DenyReason"];
            /**
             * Format: date-time
             * @description Until when the credential is proved to last.
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description When the tree head behind the proof was signed.
             */
            head_timestamp?: string;
            /** @description The institution's own name for the application. */
            institution_reference?: string;
            /** @description The issuer's identifier. */
            issuer?: string;
            /** @description A sentence about the refusal. */
            message?: string;
            /** @description Model behind the score. */
            model_version: string;
            /** @description Policy applied. */
            policy_version: string;
            /** @description Facts proved without the claim. */
            predicates?: components["schemas"]["Predicate"][];
            /** @description The proof's part. */
            proof?: components["schemas"]["ProofSummary"];
            /** @description Always false: raw data never leaves the issuer. */
            raw_transactions_included: boolean;
            /** @description Class of the refusal. */
            reason_code?: components["schemas"]["ReasonCode"];
            /** @description `not_revoked`, or `revoked`. */
            revocation_status?: string;
            /** @description The signature's part. */
            signature?: components["schemas"]["SignatureSummary"];
            /** @description The token as submitted, in its printed form. */
            token?: string;
            /** @description This run's identifier, for the institution's file. */
            verification_id: components["schemas"]["VerificationId"];
            /**
             * Format: date-time
             * @description When it ran.
             */
            verified_at: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Claims = components['schemas']['Claims'];
export type CoverageLevel = components['schemas']['CoverageLevel'];
export type CreateSession = components['schemas']['CreateSession'];
export type CredentialVerdict = components['schemas']['CredentialVerdict'];
export type DenyReason = components['schemas']['DenyReason'];
export type Environment = components['schemas']['Environment'];
export type EventKind = components['schemas']['EventKind'];
export type EvidenceBundle = components['schemas']['EvidenceBundle'];
export type FieldError = components['schemas']['FieldError'];
export type Freshness = components['schemas']['Freshness'];
export type KeyPurpose = components['schemas']['KeyPurpose'];
export type KeySet = components['schemas']['KeySet'];
export type Operator = components['schemas']['Operator'];
export type OutcomeId = components['schemas']['OutcomeId'];
export type OutcomeKind = components['schemas']['OutcomeKind'];
export type OutcomeRecorded = components['schemas']['OutcomeRecorded'];
export type Package = components['schemas']['Package'];
export type PackageRequest = components['schemas']['PackageRequest'];
export type PermissionSet = components['schemas']['PermissionSet'];
export type Predicate = components['schemas']['Predicate'];
export type Problem = components['schemas']['Problem'];
export type ProblemCode = components['schemas']['ProblemCode'];
export type ProofSummary = components['schemas']['ProofSummary'];
export type Provenance = components['schemas']['Provenance'];
export type PublicKey = components['schemas']['PublicKey'];
export type ReasonCode = components['schemas']['ReasonCode'];
export type ReportOutcome = components['schemas']['ReportOutcome'];
export type RequiredSignature = components['schemas']['RequiredSignature'];
export type SessionCode = components['schemas']['SessionCode'];
export type SessionCreated = components['schemas']['SessionCreated'];
export type SessionId = components['schemas']['SessionId'];
export type SessionState = components['schemas']['SessionState'];
export type SessionView = components['schemas']['SessionView'];
export type SignatureSummary = components['schemas']['SignatureSummary'];
export type Slot = components['schemas']['Slot'];
export type SourceKind = components['schemas']['SourceKind'];
export type Tier = components['schemas']['Tier'];
export type VerificationId = components['schemas']['VerificationId'];
export type VerificationSummary = components['schemas']['VerificationSummary'];
export type VerificationSummaryPage = components['schemas']['VerificationSummaryPage'];
export type VerifierPolicy = components['schemas']['VerifierPolicy'];
export type VerifyRequest = components['schemas']['VerifyRequest'];
export type VerifyResponse = components['schemas']['VerifyResponse'];
