using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Yunnao.Tests.EndToEnd.Listen;

/// <summary>A sender of HL7 v2 messages that waits for the answer to each.</summary>
internal sealed class MllpSender : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly Stream _stream;
    private readonly List<byte> _received = [];

    /// <param name="server">The certificate that the listener must show; null: no TLS.</param>
    /// <param name="shown">The certificate that the sender shows; null: none.</param>
    public MllpSender(int port, X509Certificate2? server = null, X509Certificate2? shown = null)
    {
        _client.Connect("127.0.0.1", port);
        _client.ReceiveTimeout = 20_000;
        _stream = _client.GetStream();
        if (server is null) return;
        var secured = new SslStream(_stream, false, (_, shown, _, _) => shown?.GetCertHashString() == server.GetCertHashString());
        secured.AuthenticateAsClient("localhost", shown is null ? null : [shown], false);
        _stream = secured;
    }

    /// <summary>A registration of the patient of this number.</summary>
    public static string Registration(int number, string more = "") =>
        $"MSH|^~\\&|LIS|H1|YN|C|20260102030405||ADT^A04|M{number}|P|2.5{more}\rPID|1||P{number}^^^H1^MR||Test^A||19800101|M\rPV1|1|O|OP||||||||||||||||V{number}|||||||||||||||||||||||||20260102030405\r";

    /// <summary>That the first patient is the second.</summary>
    public static string Merge(int prior, int surviving) =>
        $"MSH|^~\\&|LIS|H1|YN|C|20260102030405||ADT^A40^ADT_A39|G{surviving}|P|2.5\rEVN|A40|20260102030405\rPID|1||P{surviving}^^^H1^MR||Test^A||19800101|M\rMRG|P{prior}^^^H1^MR\r";

    public void Write(string text) => _stream.Write(Encoding.ASCII.GetBytes(text));

    public void WriteMessage(string message) => Write($"\v{message}\u001C\r");

    /// <summary>The next answer without its frame; null when the connection was closed.</summary>
    public string? Answer()
    {
        var buffer = new byte[4096];
        while (true)
        {
            var end = _received.IndexOf(0x1C);
            if (end >= 0 && end + 1 < _received.Count)
            {
                var answer = Encoding.ASCII.GetString([.. _received.Take(end)]).TrimStart('\v');
                _received.RemoveRange(0, end + 2);
                return answer;
            }

            var read = _stream.Read(buffer);
            if (read == 0) return null;
            _received.AddRange(buffer.AsSpan(0, read));
        }
    }

    /// <summary>MSA of the answer to a message: <c>AA|M1</c>.</summary>
    public string? Send(string message)
    {
        WriteMessage(message);
        return Answer() is { } answer ? Msa(answer) : null;
    }

    public static string Msa(string answer) => answer.Split('\r')[1]["MSA|".Length..];

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }
}
