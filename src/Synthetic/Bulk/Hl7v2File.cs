using System.Globalization;
using System.Text.Unicode;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.Bulk;

/// <summary>
/// Writes HL7 v2.5.1 messages, one after the other with CR line ends: a registration (ADT^A04), then its laboratory report (ORU^R01 with
/// eight results), about ten messages a patient. Everything follows from the seed.
/// </summary>
public static class Hl7v2File
{
    private const int VisitsPerPatient = 5;
    private const int Results = 8;

    private static readonly DateTime Start = new(2025, 1, 1);

    /// <summary>Writes the messages, all of them valid.</summary>
    public static void Write(Registry registry, Stream stream, long messages, ulong seed)
    {
        var (analytes, dice, output) = (LabAnalyte.All(registry), new Dice(seed), new BulkStream(stream));
        var patients = (int)Math.Clamp(messages / 2 / VisitsPerPatient, 1, int.MaxValue);
        var person = new Dice(seed);
        for (long message = 0; message < messages; message += 2)
        {
            var patient = dice.Below(patients);
            person.Reseed(seed, (ulong)patient, 1);
            var pid = Pid(patient, person);
            var time = Start.AddSeconds(message * 15);
            Registration(output, message, pid, time);
            if (message + 1 < messages) Report(output, message, pid, time.AddMinutes(90), analytes, dice);
        }

        output.Flush();
    }

    private static string Pid(int patient, Dice dice)
    {
        var name = $"{dice.Pick(BulkPeople.Surnames)}^{dice.Pick(BulkPeople.GivenNames)}{dice.Pick(BulkPeople.GivenNames)}";
        var birth = new DateTime(1935, 1, 1).AddDays(dice.Below(31_000));
        var address = $"五华区{dice.Pick(BulkPeople.Streets)}{dice.Between(1, 400)}号^^昆明市^云南省^650000^CHN";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"PID|1||P{patient:00000000}^^^H01^MR||{name}||{birth:yyyyMMdd}|{(dice.Chance(0.5) ? 'M' : 'F')}|||{address}||1380{dice.Below(10_000_000):0000000}|||{(dice.Chance(0.7) ? 'M' : 'S')}\r");
    }

    private static void Registration(BulkStream output, long message, string pid, DateTime time) => Add(output, Utf8.TryWrite(
        output.Room,
        CultureInfo.InvariantCulture,
        $"MSH|^~\\&|HIS|H01|YUNNAO|CITY|{time:yyyyMMddHHmmss}||ADT^A04^ADT_A01|A{message:0000000000}|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8|zh\rEVN|A04|{time:yyyyMMddHHmmss}|||D{message % 300:0000}\r{pid}PV1|1|O|{message % 40:000}^01^^H01||||D{message % 300:0000}^李^强||||||||||||V{message:0000000000}|||||||||||||||||||||||||{time:yyyyMMddHHmmss}\rPV2|||R05^咳嗽^L\r",
        out var length), length);

    private static void Report(BulkStream output, long message, string pid, DateTime time, LabAnalyte[] analytes, Dice dice)
    {
        Add(output, Utf8.TryWrite(
            output.Room,
            CultureInfo.InvariantCulture,
            $"MSH|^~\\&|LIS|H01|YUNNAO|CITY|{time:yyyyMMddHHmmss}||ORU^R01^ORU_R01|R{message:0000000000}|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8|zh\r{pid}PV1|1|O|{message % 40:000}^01^^H01||||D{message % 300:0000}^李^强||||||||||||V{message:0000000000}\rORC|RE|O{message:0000000000}|L{message:0000000000}\rOBR|1|O{message:0000000000}|L{message:0000000000}|CBC^血细胞分析^L|||{time.AddMinutes(-50):yyyyMMddHHmmss}|||||||||D{message % 300:0000}^李^强||||||{time:yyyyMMddHHmmss}||LAB|F\r",
            out var length), length);
        var first = dice.Below(analytes.Length);
        for (var i = 0; i < Results; i++)
        {
            var analyte = analytes[(first + i) % analytes.Length];
            var value = analyte.Value(dice);
            Add(output, Utf8.TryWrite(
                output.Room, CultureInfo.InvariantCulture, $"OBX|{i + 1}|NM|{analyte.Loinc}^{analyte.English}^LN||{analyte.Number(value)}|{analyte.Unit}|{analyte.Low}-{analyte.High}|{analyte.Flag(value)}|||F|||{time:yyyyMMddHHmmss}\r", out length), length);
        }
    }

    private static void Add(BulkStream output, bool written, int length)
    {
        if (!written) throw new InvalidOperationException("The message is too long.");
        output.Advance(length);
    }
}
