using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Services.Surveillance.Notices;

/// <summary>Sends alarms by e-mail through an SMTP server, with TLS wherever the server offers it.</summary>
/// <param name="server"><c>smtp://host:port</c> or <c>smtps://host:port</c>, with <c>user:password@</c> where the server asks for it.</param>
public sealed class MailChannel(Uri server, MailboxAddress from, MailboxAddress to, SignalNames names) : INoticeChannel
{
    /// <inheritdoc/>
    public string Kind => "mail";

    /// <inheritdoc/>
    public string Target => to.Address;

    /// <inheritdoc/>
    public async Task<string?> SendAsync(Alarm alarm, CancellationToken cancellation)
    {
        using var message = new MimeMessage();
        message.From.Add(from);
        message.To.Add(to);
        message.Subject = $"Yunnao 预警 / alarm {AlarmNotice.Line(alarm, names)}";
        message.Body = new TextPart("plain") { Text = $"{AlarmNotice.Line(alarm, names)}\n\n{AlarmNotice.Json(alarm, names)}\n" };
        using var smtp = new SmtpClient();
        try
        {
            await smtp.ConnectAsync(server, cancellation).ConfigureAwait(false);
            if (server.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password])
                await smtp.AuthenticateAsync(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password), cancellation).ConfigureAwait(false);
            await smtp.SendAsync(message, cancellation).ConfigureAwait(false);
            await smtp.DisconnectAsync(true, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is SocketException or IOException or CommandException or ProtocolException or MailKit.Security.AuthenticationException)
        {
            return e.GetType().Name;
        }
    }
}
