using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Services.Listen;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Listen;

public sealed class Mllp_tests
{
    [Fact]
    public async Task Messages_are_answered_in_the_mode_that_they_ask_for_and_loaded()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        var (listener, _) = await During(platform, new() { Source = "hl7v2" }, port =>
        {
            using var sender = new MllpSender(port);
            Assert.Equal("AA|M1", sender.Send(MllpSender.Registration(1)));
            Assert.Equal("CA|M2", sender.Send(MllpSender.Registration(2, "|||AL|NE")));
            Assert.Equal("AA|M3", sender.Send(MllpSender.Registration(3, "|||NE|AL")));
            Assert.Equal("CA|M4", sender.Send(MllpSender.Registration(4, "|||AL|AL")));
            Assert.Equal("AA|M4", MllpSender.Msa(sender.Answer()!));

            // NE, and ER for what went well: no answer at all; the next one is for the next message.
            sender.WriteMessage(MllpSender.Registration(6, "|||NE|NE"));
            sender.WriteMessage(MllpSender.Registration(7, "|||ER|ER"));
            Assert.Equal("CA|M8", sender.Send(MllpSender.Registration(8, "|||SU|ER")));
            Assert.StartsWith("AR||", sender.Send("no message at all"), StringComparison.Ordinal);
            Assert.Equal("AA|M9", sender.Send("MSH|^~\\&|A|B|C|D|20260102||ZZZ^Z01|M9|P|2.5\r"));
        });
        Assert.Equal((8L, 1L), (listener.Counts.Accepted, listener.Counts.Refused));
        Assert.Equal(["V1", "V2", "V3", "V4", "V6", "V7", "V8"], platform.Rows("SELECT encounter_no FROM encounter.encounter ORDER BY 1"));
        Assert.Equal(["mapping.none ZZZ^Z01"], platform.Rows("SELECT reasons[1] FROM ops.quarantine"));
    }

    [Fact]
    public async Task The_order_of_a_sender_is_kept_when_it_does_not_wait_for_answers()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        await During(platform, new() { Source = "hl7v2" }, port =>
        {
            using var sender = new MllpSender(port);
            for (var i = 0; i < 500; i++) sender.WriteMessage(MllpSender.Registration(7).Replace("|M7|", $"|C{i}|", StringComparison.Ordinal).Replace("|OP|", $"|W{i}|", StringComparison.Ordinal));
            for (var i = 0; i < 500; i++) Assert.Equal($"AA|C{i}", MllpSender.Msa(sender.Answer()!));
        });
        Assert.Equal(["1|499"], platform.Rows("SELECT (SELECT count(*) FROM encounter.encounter WHERE _rejected IS NULL), (SELECT sum(superseded) FROM ops.batch_count WHERE data_set = 'encounter.encounter')"));
        Assert.Equal(["W499"], platform.Rows("SELECT ward_name FROM encounter.encounter WHERE _rejected IS NULL"));
    }

    [Fact]
    public async Task A_sender_that_is_stuck_or_talks_nonsense_blocks_nobody_and_is_let_go()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        await During(platform, new() { Source = "hl7v2", MaxMessage = 4096, MaxConnections = 4, MessageTimeout = TimeSpan.FromSeconds(2) }, port =>
        {
            using var stuck = new MllpSender(port);
            stuck.Write("\vMSH|^~\\&|half a mess");
            using var nonsense = new MllpSender(port);
            nonsense.Write(new string('x', 20_000));
            using var large = new MllpSender(port);
            Assert.StartsWith("AR||", large.Send(MllpSender.Registration(1) + new string('x', 10_000)), StringComparison.Ordinal);
            Assert.Null(large.Answer());
            using var other = new MllpSender(port);
            Assert.Equal("AA|M5", other.Send(MllpSender.Registration(5)));
            Assert.StartsWith("AR||", MllpSender.Msa(nonsense.Answer()!), StringComparison.Ordinal);
            Assert.ThrowsAny<Exception>(() => stuck.Answer() is null ? throw new IOException() : "");
        });
        Assert.Equal(["V5"], platform.Rows("SELECT encounter_no FROM encounter.encounter"));
    }

    [Fact]
    public async Task With_a_certificate_messages_come_over_tls_only()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        await During(platform, new() { Source = "hl7v2", Certificate = certificate, MessageTimeout = TimeSpan.FromSeconds(5) }, port =>
        {
            using var secured = new MllpSender(port, certificate);
            Assert.Equal("AA|M1", secured.Send(MllpSender.Registration(1)));
            using var plain = new MllpSender(port);
            Assert.ThrowsAny<Exception>(() => plain.Send(MllpSender.Registration(2)) ?? throw new IOException());
        });
    }

    [Fact]
    public async Task With_an_authority_a_sender_must_show_a_certificate_that_it_issued()
    {
        using var platform = new TestPlatform();
        using var authority = Certificate("CN=authority", null);
        using var server = Certificate("CN=localhost", null);
        using var issued = Certificate("CN=sender", authority);
        using var stranger = Certificate("CN=stranger", null);
        await During(platform, new() { Source = "hl7v2", Certificate = server, ClientAuthority = authority, MessageTimeout = TimeSpan.FromSeconds(5) }, port =>
        {
            using (var known = new MllpSender(port, server, issued)) Assert.Equal("AA|M1", known.Send(MllpSender.Registration(1)));
            Assert.ThrowsAny<Exception>(() => Refused(port, server, stranger));
            Assert.ThrowsAny<Exception>(() => Refused(port, server, null));
        });
        Assert.Equal(["1"], platform.Rows("SELECT count(*) FROM person.basic WHERE _rejected IS NULL"));
    }

    [Fact]
    public async Task More_senders_than_allowed_are_closed_at_once_and_the_others_are_served()
    {
        using var platform = new TestPlatform();
        await During(platform, new() { Source = "hl7v2", MaxConnections = 2 }, port =>
        {
            using var first = new MllpSender(port);
            using var second = new MllpSender(port);
            Assert.Equal("AA|M1", first.Send(MllpSender.Registration(1)));
            Assert.Equal("AA|M2", second.Send(MllpSender.Registration(2)));
            using (var third = new MllpSender(port)) Assert.ThrowsAny<Exception>(() => third.Send(MllpSender.Registration(3)) ?? throw new IOException());
            Assert.Equal("AA|M4", first.Send(MllpSender.Registration(4)));
        });
    }

    [Fact]
    public async Task When_too_much_waits_to_be_loaded_senders_wait_and_nothing_is_lost()
    {
        const int Messages = 40, Size = 100_000, Most = 1 << 20;
        using var platform = new TestPlatform();
        var spool = Path.Combine(platform.Data, "spool", "mllp-hl7v2");
        long seen = 0;
        var (listener, outcomes) = await During(platform, new() { Source = "hl7v2", MaxWaiting = Most, BatchBytes = Most / 2, BatchAge = TimeSpan.FromMilliseconds(500) }, port =>
        {
            using var sender = new MllpSender(port);
            var sending = Task.Run(() =>
            {
                for (var i = 0; i < Messages; i++) sender.WriteMessage(MllpSender.Registration(i) + $"NTE|1||{new string('x', Size)}\r");
            });
            for (var i = 0; i < Messages; i++)
            {
                Assert.Equal($"AA|M{i}", MllpSender.Msa(sender.Answer()!));
                seen = Math.Max(seen, new DirectoryInfo(spool).EnumerateFiles().Sum(f => f.Exists ? f.Length : 0));
            }

            sending.Wait(TestContext.Current.CancellationToken);
        });

        // One message may be read while the spool is just not full.
        Assert.InRange(seen, 1, Most + (2 * Size));
        Assert.Equal(((long)Messages, 0L), (listener.Counts.Accepted, listener.Counts.Refused));
        Assert.True(outcomes.Count > 2, $"{outcomes.Count} batches");
        Assert.Equal([$"{Messages}"], platform.Rows("SELECT count(*) FROM person.basic WHERE _rejected IS NULL"));
    }

    [Fact]
    public async Task An_address_that_is_in_use_is_a_problem()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var listener = new MllpListener(new() { Source = "hl7v2", Port = ((IPEndPoint)taken.LocalEndpoint).Port }, platform.Ingest, platform.Data, platform.Keys, TimeProvider.System);
        Assert.Equal("listen.address", (await listener.RunAsync(_ => { }, _ => { }, TestContext.Current.CancellationToken))?.Code);
    }

    private static void Refused(int port, X509Certificate2 server, X509Certificate2? shown)
    {
        using var sender = new MllpSender(port, server, shown);
        if (sender.Send(MllpSender.Registration(2)) is null) throw new IOException("closed");
    }

    /// <summary>A certificate with its key, issued by an authority or by itself.</summary>
    private static X509Certificate2 Certificate(string name, X509Certificate2? authority)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: authority is null, false, 0, true));
        var (from, to) = (new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var made = authority is null ? request.CreateSelfSigned(from, to) : request.Create(authority, from, to, [1, 2, 3]).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Runs a listener while something is sent to it, then stops it as a user would.</summary>
    internal static async Task<(MllpListener Listener, List<FileOutcome> Outcomes)> During(TestPlatform platform, ListenOptions options, Action<int> send)
    {
        var outcomes = new List<FileOutcome>();
        var listener = new MllpListener(options, platform.Ingest, platform.Data, platform.Keys, TimeProvider.System);
        var port = new TaskCompletionSource<int>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = Task.Run(() => listener.RunAsync(at => port.SetResult(at.Port), outcomes.Add, stop.Token), TestContext.Current.CancellationToken);
        try
        {
            var at = await port.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await Task.Run(() => send(at), TestContext.Current.CancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
        }

        Assert.Null(await running);
        Assert.All(outcomes, o => Assert.Null(o.Problem));
        return (listener, outcomes);
    }
}
