using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// How keys are kept, by the environment: <c>YUNNAO_SUITE</c> (<c>aes</c>, the default, or <c>sm</c>); the master key is the file
/// <c>YUNNAO_MASTER_KEY_FILE</c> (by default <c>keys/master.key</c> of the data folder) or, when <c>YUNNAO_PKCS11</c> names the library of a security module, the key
/// <c>YUNNAO_PKCS11_KEY</c> (default <c>yunnao</c>) of its token <c>YUNNAO_PKCS11_TOKEN</c> (default <c>yunnao</c>), opened with the PIN in the
/// file <c>YUNNAO_PKCS11_PIN_FILE</c>.
/// </summary>
public static class KeySettings
{
    /// <summary>The algorithms of what is new. Problem: <c>keys.suite</c>.</summary>
    public static Result<Suite> Suite() => Variable("YUNNAO_SUITE")?.ToLowerInvariant() switch
    {
        null or "aes" => Keys.Suite.Aes,
        "sm" => Keys.Suite.Sm,
        _ => new Problem(ProblemKind.Incorrect, "keys.suite", "YUNNAO_SUITE is aes or sm."),
    };

    /// <summary>The master key. Problems: <c>keys.master-missing</c>, <c>keys.master-damaged</c>, <c>keys.module</c>, <c>keys.token</c>.</summary>
    /// <param name="create">True when nothing was wrapped by it yet.</param>
    internal static Result<IMasterKey> Master(string folder, bool create, Suite suite)
    {
        Problem? problem;
        if (Variable("YUNNAO_PKCS11") is { } library)
        {
            if (Variable("YUNNAO_PKCS11_PIN_FILE") is not { } pin || !File.Exists(pin))
                return new Problem(ProblemKind.Unavailable, "keys.module", "YUNNAO_PKCS11_PIN_FILE must name the file with the PIN of the token.");
            var (token, key) = (Variable("YUNNAO_PKCS11_TOKEN") ?? "yunnao", Variable("YUNNAO_PKCS11_KEY") ?? "yunnao");
            return Pkcs11MasterKey.Open(library, token, File.ReadAllText(pin).Trim(), key, create).Try(out var inModule, out problem) ? inModule : problem;
        }

        var file = Variable("YUNNAO_MASTER_KEY_FILE") ?? Path.Combine(folder, "keys", "master.key");
        return FileMasterKey.Open(file, create, suite).Try(out var inFile, out problem) ? inFile : problem;
    }

    /// <summary>
    /// The master key that is there already: in a file of its own, or, when none is named, as the environment says, or in the data folder.
    /// Problems: <c>keys.master-missing</c>, <c>keys.master-damaged</c>, <c>keys.module</c>, <c>keys.token</c>, <c>keys.suite</c>.
    /// </summary>
    /// <param name="file">The file with the key, or null.</param>
    public static Result<IMasterKey> Existing(string folder, string? file)
    {
        if (!Suite().Try(out var suite, out var problem)) return problem;
        if (file is null) return Master(folder, create: false, suite);
        return FileMasterKey.Open(file, create: false, suite).Try(out var key, out problem) ? key : problem;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
