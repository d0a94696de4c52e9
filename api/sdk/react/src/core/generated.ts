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
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Claims = components['schemas']['Claims'];
export type Operator = components['schemas']['Operator'];
export type PermissionSet = components['schemas']['PermissionSet'];
export type Predicate = components['schemas']['Predicate'];
export type Slot = components['schemas']['Slot'];
