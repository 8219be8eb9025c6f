//! What is true of countries whatever a database says.

use crate::Continent;

pub(crate) struct Fact {
    pub(crate) code: [u8; 2],
    pub(crate) continent: Continent,
    /// Tenths of a degree.
    pub(crate) latitude: i16,
    /// Tenths of a degree.
    pub(crate) longitude: i16,
}

/// Off the coast of Ghana, where maps put what has no place.
pub(crate) static NOWHERE: Fact = Fact {
    code: *b"??",
    continent: Continent::AF,
    latitude: 0,
    longitude: 0,
};

/// The members, then what belongs to them and is part of the Union (Treaty on the Functioning of the EU, article 355).
pub(crate) static EUROPEAN_UNION: [[u8; 2]; 34] = [
    *b"AT", *b"BE", *b"BG", *b"CY", *b"CZ", *b"DE", *b"DK", *b"EE", *b"ES", *b"FI", *b"FR", *b"GR", *b"HR",
    *b"HU", *b"IE", *b"IT", *b"LT", *b"LU", *b"LV", *b"MT", *b"NL", *b"PL", *b"PT", *b"RO", *b"SE", *b"SI",
    *b"SK", *b"AX", *b"GF", *b"GP", *b"MF", *b"MQ", *b"RE", *b"YT",
];

macro_rules! facts {
    ($($code:ident $continent:ident $latitude:literal $longitude:literal),* $(,)?) => {
        [$(Fact {
            code: match stringify!($code).as_bytes() {
                [a, b] => [*a, *b],
                _ => [0; 2],
            },
            continent: Continent::$continent,
            latitude: $latitude,
            longitude: $longitude,
        }),*]
    };
}

/// In order of the codes. The point is about where most people live, which for the largest countries is far from the
/// middle of the map: clients are people.
#[rustfmt::skip]
pub(crate) static FACTS: [Fact; 250] = facts! {
    AD EU 425 16, AE AS 246 548, AF AS 345 680, AG NA 171 -618, AI NA 182 -631,
    AL EU 412 199, AM AS 402 446, AO AF -112 153, AQ AN -780 1660, AR SA -339 -617,
    AS OC -143 -1707, AT EU 477 148, AU OC -340 1480, AW NA 125 -700, AX EU 602 200,
    AZ AS 404 486, BA EU 442 178, BB NA 132 -596, BD AS 238 903, BE EU 508 44,
    BF AF 123 -15, BG EU 427 248, BH AS 262 505, BI AF -33 299, BJ AF 75 24,
    BL NA 179 -628, BM NA 323 -648, BN AS 49 1149, BO SA -172 -662, BQ NA 121 -683,
    BR SA -168 -468, BS NA 250 -774, BT AS 273 900, BV AN -544 34, BW AF -236 262,
    BY EU 536 278, BZ NA 173 -886, CA NA 467 -850, CC AS -122 969, CD AF -38 230,
    CF AF 50 184, CG AF -36 145, CH EU 470 79, CI AF 65 -52, CK OC -212 -1598,
    CL SA -341 -709, CM AF 51 111, CN AS 328 1129, CO SA 53 -746, CR NA 99 -841,
    CU NA 220 -790, CV AF 151 -235, CW NA 121 -689, CX OC -105 1057, CY EU 350 333,
    CZ EU 498 155, DE EU 508 96, DJ AF 116 430, DK EU 557 111, DM NA 154 -613,
    DO NA 187 -702, DZ AF 361 32, EC SA -14 -793, EE EU 590 256, EG AF 299 312,
    EH AF 262 -126, ER AF 153 390, ES EU 397 -33, ET AF 90 390, FI EU 614 247,
    FJ OC -178 1780, FK SA -517 -579, FM OC 69 1582, FO EU 620 -69, FR EU 469 25,
    GA AF 2 104, GB EU 526 -15, GD NA 121 -617, GE AS 419 441, GF SA 48 -523,
    GG EU 495 -26, GH AF 65 -9, GI EU 361 -53, GL NA 655 -510, GM AF 134 -163,
    GN AF 101 -115, GP NA 162 -615, GQ AF 23 99, GR EU 384 233, GS AN -543 -365,
    GT NA 147 -907, GU OC 135 1448, GW AF 120 -152, GY SA 66 -581, HK AS 223 1142,
    HM AN -531 735, HN NA 147 -870, HR EU 453 161, HT NA 186 -724, HU EU 472 192,
    ID AS -63 1092, IE EU 532 -70, IL AS 320 349, IM EU 542 -45, IN AS 230 795,
    IO AS -73 724, IQ AS 332 442, IR AS 344 516, IS EU 641 -214, IT EU 432 119,
    JE EU 492 -21, JM NA 181 -771, JO AS 320 360, JP AS 356 1376, KE AF -4 364,
    KG AS 416 741, KH AS 117 1047, KI OC 14 1730, KM AF -118 434, KN NA 173 -627,
    KP AS 391 1260, KR AS 367 1275, KW AS 293 480, KY NA 193 -812, KZ AS 465 719,
    LA AS 178 1030, LB AS 338 356, LC NA 139 -610, LI EU 472 95, LK AS 72 803,
    LR AF 66 -103, LS AF -295 279, LT EU 552 240, LU EU 496 61, LV EU 568 243,
    LY AF 324 149, MA AF 334 -65, MC EU 437 74, MD EU 470 288, ME EU 425 192,
    MF NA 181 -631, MG AF -191 473, MH OC 71 1711, MK EU 418 215, ML AF 130 -67,
    MM AS 193 962, MN AS 478 1065, MO AS 222 1135, MP OC 152 1457, MQ NA 147 -610,
    MR AF 179 -147, MS NA 168 -622, MT EU 359 144, MU AF -202 575, MV AS 42 735,
    MW AF -148 347, MX NA 207 -1006, MY AS 36 1032, MZ AF -178 358, NA AF -194 169,
    NC OC -222 1664, NE AF 136 65, NF OC -290 1680, NG AF 91 71, NI NA 125 -862,
    NL EU 520 52, NO EU 603 97, NP AS 275 850, NR OC -5 1669, NU OC -191 -1699,
    NZ OC -391 1754, OM AS 233 579, PA NA 88 -799, PE SA -105 -761, PF OC -176 -1495,
    PG OC -61 1453, PH AS 126 1221, PK AS 311 719, PL EU 519 193, PM NA 468 -562,
    PN OC -251 -1301, PR NA 183 -663, PS AS 318 349, PT EU 396 -86, PW OC 73 1345,
    PY SA -255 -570, QA AS 253 515, RE AF -211 555, RO EU 456 253, RS EU 443 207,
    RU EU 555 500, RW AF -20 300, SA AS 238 440, SB OC -91 1596, SC AF -46 555,
    SD AF 145 320, SE EU 587 157, SG AS 13 1038, SH AF -160 -57, SI EU 461 147,
    SJ EU 782 156, SK EU 486 192, SL AF 84 -121, SM EU 439 125, SN AF 146 -161,
    SO AF 43 452, SR SA 58 -552, SS AF 74 301, ST AF 3 67, SV NA 137 -891,
    SX NA 180 -631, SY AS 348 369, SZ AF -265 314, TC NA 218 -722, TD AF 112 170,
    TF AN -494 702, TG AF 74 11, TH AS 146 1008, TJ AS 383 692, TK OC -92 -1718,
    TL OC -87 1258, TM AS 384 597, TN AF 360 101, TO OC -212 -1752, TR AS 395 326,
    TT NA 105 -613, TV OC -85 1792, TW AS 243 1209, TZ AF -58 353, UA EU 489 317,
    UG AF 9 322, UM OC 193 1666, US NA 375 -925, UY SA -346 -560, UZ AS 405 673,
    VA EU 419 125, VC NA 132 -612, VE SA 100 -673, VG NA 184 -646, VI NA 180 -648,
    VN AS 161 1067, VU OC -173 1680, WF OC -133 -1762, WS OC -138 -1718, XK EU 426 209,
    YE AS 146 446, YT AF -128 452, ZA AF -279 285, ZM AF -142 282, ZW AF -188 305,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_on_earth() {
        assert!(FACTS.windows(2).all(|pair| pair[0].code < pair[1].code));
        for fact in &FACTS {
            assert!(fact.code.iter().all(u8::is_ascii_uppercase));
            assert!(fact.latitude.abs() <= 900 && fact.longitude.abs() <= 1800);
        }
        assert!(
            EUROPEAN_UNION
                .iter()
                .all(|code| FACTS.iter().any(|fact| fact.code == *code))
        );
    }
}
