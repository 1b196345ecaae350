using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// A master key in a hardware security module, reached by PKCS #11 (OASIS, v2.40). An AES-256 key of a label, not extractable; it wraps by
/// CKM_AES_GCM inside the module and is created there when the token has none of that label.
/// </summary>
public sealed class Pkcs11MasterKey : IMasterKey
{
    private static readonly Pkcs11InteropFactories s_factories = Factories();
    private readonly IPkcs11Library _library;
    private readonly ISession _session;
    private readonly IObjectHandle _key;
    private readonly Lock _lock = new();

    private Pkcs11MasterKey(IPkcs11Library library, ISession session, IObjectHandle key, string label) =>
        (_library, _session, _key, Id) = (library, session, key, $"pkcs11-{label}");

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>Opens a token and finds or creates the key. Problems: <c>keys.module</c> (the library, the token or its PIN does not work), <c>keys.token</c>.</summary>
    /// <param name="library">Path of the module's library.</param>
    /// <param name="token">Label of the token.</param>
    /// <param name="label">Label of the key.</param>
    /// <param name="create">True when nothing was wrapped by the key yet.</param>
    public static Result<Pkcs11MasterKey> Open(string library, string token, string pin, string label, bool create)
    {
        IPkcs11Library? loaded = null;
        try
        {
            loaded = s_factories.Pkcs11LibraryFactory.LoadPkcs11Library(s_factories, library, AppType.MultiThreaded);
            if (loaded.GetSlotList(SlotsType.WithTokenPresent).FirstOrDefault(s => s.GetTokenInfo().Label.TrimEnd('\0', ' ') == token) is not { } slot)
            {
                loaded.Dispose();
                return new Problem(ProblemKind.NotFound, "keys.token", $"The module has no token {token}.");
            }

            var session = slot.OpenSession(SessionType.ReadWrite);
            session.Login(CKU.CKU_USER, pin);
            var key = Find(session, label) ?? (create ? Create(session, label) : null);
            if (key is not null) return new Pkcs11MasterKey(loaded, session, key, label);
            loaded.Dispose();
            return new Problem(ProblemKind.NotFound, "keys.token", $"The token {token} has no key {label}.");
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException or DllNotFoundException)
        {
            loaded?.Dispose();
            return new Problem(ProblemKind.Unavailable, "keys.module", $"The security module does not work: {(e is Pkcs11Exception p ? p.RV.ToString() : e.Message)}.");
        }
    }

    /// <inheritdoc/>
    public byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context)
    {
        var nonce = RandomNumberGenerator.GetBytes(Aead.NonceLength);
        lock (_lock)
        {
            using var mechanism = Gcm(nonce, context, out var parameters);
            using (parameters) return [.. nonce, .. _session.Encrypt(mechanism, _key, key.ToArray())];
        }
    }

    /// <inheritdoc/>
    public Result<byte[]> Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context)
    {
        if (wrapped.Length < Aead.NonceLength + Aead.TagLength) return Refused();
        try
        {
            lock (_lock)
            {
                using var mechanism = Gcm(wrapped[..Aead.NonceLength].ToArray(), context, out var parameters);
                using (parameters) return _session.Decrypt(mechanism, _key, wrapped[Aead.NonceLength..].ToArray());
            }
        }
        catch (Pkcs11Exception)
        {
            return Refused();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _library.Dispose();
    }

    private static Pkcs11InteropFactories Factories()
    {
        // The package asks for libdl by the name that only development packages of Linux bring.
        NativeLibrary.SetDllImportResolver(
            typeof(Pkcs11InteropFactories).Assembly,
            (name, _, _) => OperatingSystem.IsLinux() && name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var found) ? found : IntPtr.Zero);
        return new();
    }

    private static IMechanism Gcm(byte[] nonce, ReadOnlySpan<byte> context, out Net.Pkcs11Interop.HighLevelAPI.MechanismParams.ICkGcmParams parameters)
    {
        parameters = s_factories.MechanismParamsFactory.CreateCkGcmParams(nonce, (ulong)nonce.Length * 8, context.ToArray(), Aead.TagLength * 8);
        return s_factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
    }

    private static IObjectHandle? Find(ISession session, string label) => session.FindAllObjects(
        [Attribute(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY), s_factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, label)]).FirstOrDefault();

    private static IObjectHandle Create(ISession session, string label)
    {
        var attributes = s_factories.ObjectAttributeFactory;
        return session.GenerateKey(
            s_factories.MechanismFactory.Create(CKM.CKM_AES_KEY_GEN),
            [
                Attribute(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY), attributes.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES), attributes.Create(CKA.CKA_LABEL, label),
                attributes.Create(CKA.CKA_ID, Encoding.UTF8.GetBytes(label)), attributes.Create(CKA.CKA_VALUE_LEN, (ulong)Aead.KeyBytes),
                attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_PRIVATE, true), attributes.Create(CKA.CKA_SENSITIVE, true),
                attributes.Create(CKA.CKA_EXTRACTABLE, false), attributes.Create(CKA.CKA_ENCRYPT, true), attributes.Create(CKA.CKA_DECRYPT, true),
            ]);
    }

    private static IObjectAttribute Attribute(CKA attribute, CKO value) => s_factories.ObjectAttributeFactory.Create(attribute, value);

    private static Problem Refused() => new(ProblemKind.Unavailable, "keys.unwrap", "A key cannot be unwrapped: it was wrapped by another master key, or it is damaged.");
}
