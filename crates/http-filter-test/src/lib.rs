//! For tests of filters: a host without a proxy, and a runner of cases/*.yaml.
