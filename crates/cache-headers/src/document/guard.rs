use http_filter::choice;

choice! {
    /// What keeps a response from being opened to shared caches, or from being stored for some time at all.
    pub enum Guard {
        /// The origin says `no-store`.
        NoStore = "no_store",
        /// The origin says `private`.
        Private = "private",
        /// The origin says `no-cache`, or gives a lifetime of nothing.
        NoCache = "no_cache",
        /// The request carries Authorization, or claims that jwt-auth verified.
        Authorization = "authorization",
        /// The request carries what the configuration calls personal.
        Personal = "personal",
        /// The response sets cookies.
        SetCookie = "set_cookie",
        /// The response varies by `*`, or by too many fields.
        Vary = "vary",
        /// The status is none that a rule without status condition is for.
        Status = "status",
        /// The exchange is GraphQL.
        Graphql = "graphql",
        /// Servers may read the path in ways that lead to different rules. Can't be forced.
        Path = "path",
        /// The method is neither GET nor HEAD. Can't be forced.
        Method = "method",
        /// The response is a stream of events. Can't be forced.
        EventStream = "event_stream",
    }
}
