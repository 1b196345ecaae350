using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.Institutions;

/// <summary>
/// Gives people local numbers and writes them down, with the slips that registration clerks make. Whatever is altered, a record stays
/// valid: an ID number keeps birth date, sex and a right check digit, and one with another birth date is left out.
/// </summary>
internal sealed class RegistrationDesk
{
    private const long LocalNumbers = 100_000_000;
    private static readonly string[] OtherProvinces = ["12", "32", "52", "62"];

    private readonly Dictionary<char, string> _slips = [];
    private readonly Dictionary<Institution, Permutation> _numbers = [];
    private readonly ulong _seed;

    public RegistrationDesk(string folder, ulong seed)
    {
        _seed = seed;
        foreach (var line in Table.Read(folder, "name_slips.csv").Lines()) _slips.Add(line["character"][0], line["taken_for"]);
    }

    /// <param name="second">A second number for someone who already has one here.</param>
    public Registration Register(Dice dice, Person person, Institution institution, DateTime time, bool second)
    {
        var altered = new List<string>();
        var (name, born, phone) = (person.Name, person.Born, person.Phone);
        string? id = person.IdNumber;
        if (second) altered.Add("second_number");
        if (person.BornAt is { } birth && time < birth.AddDays(40) && person.Mother is { } mother)
        {
            // Newborns are written down under their mother's name, without a number of their own.
            name = mother.Name + (person.Female ? "之女" : "之子");
            id = null;
            altered.AddRange(["name", "id_missing"]);
        }
        else
        {
            if (dice.Chance(second ? 0.3 : 0.04) && Slip(dice, name) is { } wrong) Alter("name", ref name, wrong);
            if (dice.Chance(second ? 0.4 : 0.06))
            {
                id = null;
                altered.Add("id_missing");
                if (dice.Chance(0.3))
                {
                    born = Slip(dice, born);
                    if (born != person.Born) altered.Add("birth_date");
                }
            }
            else if (dice.Chance(0.008))
            {
                id = IdNumbers.InDivision(id!, dice.Pick(OtherProvinces) + id![2..6]);
                altered.Add("id_number");
            }
        }

        if (dice.Chance(second ? 0.5 : 0.1)) Alter("phone", ref phone, Digit(dice, phone));
        return new Registration
        {
            Person = person,
            Institution = institution,
            LocalNumber = Number(person, institution, second),
            Name = name,
            IdNumber = id,
            Born = born,
            Phone = phone,
            Altered = string.Join(' ', altered),
            Since = time,
        };

        void Alter(string what, ref string value, string to)
        {
            value = to;
            altered.Add(what);
        }
    }

    /// <summary>Each institution numbers in its own way; no number is given twice.</summary>
    private string Number(Person person, Institution institution, bool second)
    {
        if (!_numbers.TryGetValue(institution, out var numbers)) _numbers.Add(institution, numbers = new(LocalNumbers, _seed ^ (ulong)(institution.Index + 77)));
        var number = numbers[(person.Number * 2 + (second ? 1 : 0)) % LocalNumbers];
        return institution.Sources[0] switch
        {
            "city-b" => $"BR{number:00000000}",
            "city-c" => $"{institution.Code[^2..]}{number:00000000}",

            // A FHIR server may hold several institutions, whose patients must not be mixed up.
            "city-d" => $"p{institution.Index:x2}{number:x7}",
            "city-e" => $"E{number:00000000}",
            _ => $"{number:00000000}",
        };
    }

    private string? Slip(Dice dice, string name)
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var at = dice.Below(name.Length);
            if (_slips.TryGetValue(name[at], out var others)) return name[..at] + others[dice.Below(others.Length)] + name[(at + 1)..];
        }

        return name.Length > 2 ? name[..^2] + name[^1] + name[^2] : null;
    }

    private static DateOnly Slip(Dice dice, DateOnly born)
    {
        if (born.Day <= 12 && born.Day != born.Month && dice.Chance(0.5)) return new DateOnly(born.Year, born.Day, born.Month);
        return dice.Chance(0.5) ? born.AddDays(dice.Chance(0.5) ? 1 : -1) : born.AddYears(-dice.Between(1, 2));
    }

    private static string Digit(Dice dice, string phone)
    {
        var at = dice.Between(3, phone.Length - 1);
        return phone[..at] + (char)('0' + (phone[at] - '0' + dice.Between(1, 9)) % 10) + phone[(at + 1)..];
    }
}
