# A formula for a tap: scripts/release.sh puts in the version, where releases lie, and the archives' SHA-256.
class EdgeFilters < Formula
  desc "Checks, explains and tests policies of the edge filters for Envoy, without a proxy"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/edge-filters-@VERSION@-aarch64-macos.tar.gz"
      sha256 "@aarch64-macos@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/edge-filters-@VERSION@-x86_64-macos.tar.gz"
      sha256 "@x86_64-macos@"
    end
  end
  on_linux do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/edge-filters-@VERSION@-aarch64-linux.tar.gz"
      sha256 "@aarch64-linux@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/edge-filters-@VERSION@-x86_64-linux.tar.gz"
      sha256 "@x86_64-linux@"
    end
  end

  def install
    bin.install "edge-filters"
    generate_completions_from_executable(bin/"edge-filters", "completions", shells: [:bash, :fish, :zsh])
    (man1/"edge-filters.1").write Utils.safe_popen_read(bin/"edge-filters", "man")
  end

  test do
    (testpath/"policy.yaml").write "policies: {all: {requests: 1, per: 1s}}\nrules: [{limit: all}]\n"
    system bin/"edge-filters", "check", "policy.yaml"
  end
end
